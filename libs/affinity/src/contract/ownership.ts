import { expect, it } from '@jest/globals';
import type { Affinity, Owner } from '../port.js';
import { type AffinityHarness, fresh, LONG_MS, lapse, liveProcess, SHORT_MS } from './harness.js';

export function testOwnership(harness: () => AffinityHarness): void {
  it('lets a higher or equal level steal, and refuses a lower one', async () => {
    const affinity = harness().affinity();
    const [partition, first, second] = [fresh('events/$default'), await owner(affinity, 5), await owner(affinity, 5)];
    expect(await affinity.claimOwnership(partition, first)).toEqual({ granted: true });
    expect(await affinity.claimOwnership(partition, await owner(affinity, 4))).toEqual({
      granted: false,
      owner: first,
    });
    expect(await affinity.claimOwnership(partition, second)).toEqual({ granted: true, previous: first });
    const third = await owner(affinity, Number.MAX_SAFE_INTEGER);
    expect(await affinity.claimOwnership(partition, third)).toEqual({ granted: true, previous: second });
    expect(await affinity.claimOwnership(partition, first)).toEqual({ granted: false, owner: third });
    expect(await affinity.claimOwnership(fresh('events/$default'), first)).toEqual({ granted: true });
  });

  it('lets a receiver change its own level', async () => {
    const affinity = harness().affinity();
    const [partition, own] = [fresh('p'), await owner(affinity, 5)];
    await affinity.claimOwnership(partition, own);
    expect(await affinity.claimOwnership(partition, { ...own, level: 0 })).toEqual({ granted: true });
    const other = await owner(affinity, 1);
    expect(await affinity.claimOwnership(partition, other)).toEqual({ granted: true, previous: { ...own, level: 0 } });
  });

  it('is released by its receiver only', async () => {
    const affinity = harness().affinity();
    const [partition, high, low] = [fresh('p'), await owner(affinity, 5), await owner(affinity, 1)];
    await affinity.claimOwnership(partition, high);
    await affinity.releaseOwnership(partition, low.receiver);
    expect(await affinity.claimOwnership(partition, low)).toEqual({ granted: false, owner: high });
    await affinity.releaseOwnership(partition, high.receiver);
    expect(await affinity.claimOwnership(partition, low)).toEqual({ granted: true });
    await affinity.releaseOwnership(fresh('p'), high.receiver);
  });

  it('is void when the lease of its process has lapsed or ended', async () => {
    const affinity = harness().affinity();
    const [partition, short] = [fresh('p'), await liveProcess(affinity, SHORT_MS)];
    const gone = { receiver: fresh('r'), ...short, level: 9 };
    await affinity.claimOwnership(partition, gone);
    await lapse(harness(), short);
    const next = await owner(affinity, 1);
    expect(await affinity.claimOwnership(partition, next)).toEqual({ granted: true });
    await affinity.endLease(next.process, next.incarnation);
    expect(await affinity.claimOwnership(partition, await owner(affinity, 1))).toEqual({ granted: true });
  });

  it('goes to one of many that claim an orphan at once', async () => {
    const affinity = harness().affinity();
    const [partition, orphan] = [fresh('p'), await owner(affinity, 9)];
    await affinity.claimOwnership(partition, orphan);
    await affinity.endLease(orphan.process, orphan.incarnation);
    const { process, incarnation } = await liveProcess(affinity);
    const levels = [1, 2, 3, 4, 5, 6, 7, 8];
    await Promise.all(
      levels.map((level) =>
        affinity.claimOwnership(partition, { receiver: `${partition}-${level}`, process, incarnation, level }),
      ),
    );
    const low = await affinity.claimOwnership(partition, { receiver: fresh('r'), process, incarnation, level: 0 });
    expect(low).toEqual({
      granted: false,
      owner: { receiver: `${partition}-8`, process, incarnation, level: 8 },
    });
  });

  it('takes any text for its names', async () => {
    const affinity = harness().affinity();
    for (const text of ['{}', 'a\n9\nb', '"\\', 'nul\0', '😀', '%d+', '__proto__']) {
      const partition = `${text}${fresh('p')}`;
      const own: Owner = { receiver: text, process: text, incarnation: `${text}${fresh('life')}`, level: 7 };
      await affinity.renewLease(own, LONG_MS);
      await affinity.claimOwnership(partition, own);
      const refused = await affinity.claimOwnership(partition, { ...own, receiver: `${text}x`, level: 6 });
      expect(refused).toEqual({ granted: false, owner: own });
      await affinity.releaseOwnership(partition, text);
      expect(await affinity.claimOwnership(partition, { ...own, receiver: 'x', level: 0 })).toEqual({ granted: true });
    }
  });
}

/** A receiver on a process of its own. */
async function owner(affinity: Affinity, level: number): Promise<Owner> {
  return { receiver: fresh('r'), ...(await liveProcess(affinity)), level };
}
