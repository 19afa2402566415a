import { expect, it } from '@jest/globals';
import type { Affinity, Held, Holder } from '../port.js';
import { type AffinityHarness, fresh, LONG_MS, lapse, liveProcess, SHORT_MS } from './harness.js';

const HOSTILE = [
  '{}',
  '}',
  '{',
  '}{',
  'a}b{c}',
  '%7D',
  '%',
  "-:.+%_#*?!(),=@$'",
  '__proto__',
  'constructor',
  'a b\r\nSET x y\r\n',
  'nul\0nul',
  'ünï😀',
  '',
  'x'.repeat(2000),
];

export function testIdentities(harness: () => AffinityHarness): void {
  it('lets the newest win, and returns whom it displaced', async () => {
    const affinity = harness().affinity();
    const [identity, first, second] = [fresh('d'), await holder(affinity), await holder(affinity)];
    const one = await affinity.claim(identity, first);
    expect(one.previous).toBeUndefined();
    const two = await affinity.claim(identity, second);
    expect(two.previous).toEqual({ ...first, epoch: one.epoch });
    expect(two.epoch).toBeGreaterThan(one.epoch);
    expect(await affinity.holders([identity])).toEqual([{ ...second, epoch: two.epoch }]);
  });

  it('does not tell a connection that claims again to close itself', async () => {
    const affinity = harness().affinity();
    const [identity, again] = [fresh('d'), await holder(affinity)];
    await affinity.claim(identity, again);
    expect((await affinity.claim(identity, again)).previous).toBeUndefined();
  });

  it('gives concurrent claims different epochs, and each displaces the one before', async () => {
    const affinity = harness().affinity();
    const [identity, { edge, incarnation }] = [fresh('d'), await holder(affinity)];
    const connections = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const claims = await Promise.all(
      connections.map(async (connection) => ({
        connection,
        ...(await affinity.claim(identity, { edge, incarnation, connection })),
      })),
    );
    claims.sort((left, right) => left.epoch - right.epoch);
    expect(new Set(claims.map(({ epoch }) => epoch)).size).toBe(connections.length);
    expect(claims.slice(1).map(({ previous }) => previous?.connection)).toEqual(
      claims.slice(0, -1).map(({ connection }) => connection),
    );
  });

  it('gives greater epochs after a release, after the store was emptied and after its clock was set back', async () => {
    const identity = fresh('d');
    const epochs: number[] = [];
    const claim = async (): Promise<Holder> => {
      const by = await holder(harness().affinity());
      epochs.push((await harness().affinity().claim(identity, by)).epoch);
      return by;
    };
    await claim();
    await harness()
      .affinity()
      .release(identity, epochs.at(-1) ?? 0);
    const last = await claim();
    await harness().empty();
    await claim();
    // What a claim before the clock was set back had got.
    const future = (epochs.at(-1) ?? 0) + 3_600_000_000;
    expect(
      await harness()
        .affinity()
        .reclaim(identity, { ...last, epoch: future }),
    ).toBe(true);
    epochs.push(future);
    await claim();
    await harness()
      .affinity()
      .release(identity, epochs.at(-1) ?? 0);
    await claim();
    expect(epochs).toEqual([...new Set(epochs)].sort((left, right) => left - right));
    expect(epochs).toHaveLength(6);
  });

  it('lets go only with the own epoch', async () => {
    const affinity = harness().affinity();
    const [identity, first, second] = [fresh('d'), await holder(affinity), await holder(affinity)];
    const one = await affinity.claim(identity, first);
    const two = await affinity.claim(identity, second);
    await affinity.release(identity, one.epoch);
    expect(await affinity.holders([identity])).toEqual([{ ...second, epoch: two.epoch }]);
    await affinity.release(identity, two.epoch);
    expect(await affinity.holders([identity])).toEqual([undefined]);
    const again = await affinity.claim(identity, first);
    expect([again.previous, again.lapsed]).toEqual([undefined, undefined]);
    await affinity.release(fresh('d'), 1);
  });

  it('counts entries only while the lease lives under which they were claimed', async () => {
    const affinity = harness().affinity();
    const [identity, edge] = [fresh('d'), await liveProcess(affinity, SHORT_MS)];
    const held = { edge: edge.process, incarnation: edge.incarnation, connection: 'c' };
    const { epoch } = await affinity.claim(identity, held);
    await lapse(harness(), edge);
    expect(await affinity.holders([identity])).toEqual([undefined]);
    const incarnation = fresh('life');
    await affinity.renewLease({ process: edge.process, incarnation }, LONG_MS);
    expect(await affinity.holders([identity])).toEqual([undefined]);
    expect(await affinity.reclaim(identity, { ...held, incarnation, epoch })).toBe(true);
    expect(await affinity.holders([identity])).toEqual([{ ...held, incarnation, epoch }]);
    await affinity.endLease(edge.process, incarnation);
    const next = await affinity.claim(identity, await holder(affinity));
    expect(next.previous).toBeUndefined();
    expect(next.lapsed).toEqual({ ...held, incarnation, epoch });
    expect(next.epoch).toBeGreaterThan(epoch);
  });

  it('gives back what was held before the store was emptied, unless somebody newer has it', async () => {
    const [kept, lost] = [fresh('d'), fresh('d')];
    const before = await holder(harness().affinity());
    const claims = [await harness().affinity().claim(kept, before), await harness().affinity().claim(lost, before)];
    await harness().empty();
    const affinity = harness().affinity();
    const newer = await holder(affinity);
    const { epoch } = await affinity.claim(lost, newer);
    const incarnation = fresh('life');
    await affinity.renewLease({ process: before.edge, incarnation }, LONG_MS);
    const held = (index: number): Held => ({ ...before, incarnation, epoch: claims[index]?.epoch ?? 0 });
    expect(await affinity.reclaim(kept, held(0))).toBe(true);
    expect(await affinity.reclaim(kept, held(0))).toBe(true);
    expect(await affinity.reclaim(lost, held(1))).toBe(false);
    expect(await affinity.holders([kept, lost])).toEqual([held(0), { ...newer, epoch }]);
  });

  it('tells a thousand holders in the order asked', async () => {
    const affinity = harness().affinity();
    const [even, odd] = [await holder(affinity), await holder(affinity)];
    const identities = Array.from({ length: 1000 }, () => fresh('d'));
    await Promise.all(
      identities.map((identity, index) => {
        const by = index % 2 === 0 ? even : odd;
        return index % 3 === 0 ? undefined : affinity.claim(identity, { ...by, connection: identity });
      }),
    );
    const asked = [...identities].reverse();
    const holders = await affinity.holders(asked);
    expect(holders.map((held) => held?.connection)).toEqual(
      asked.map((identity, index) => ((999 - index) % 3 === 0 ? undefined : identity)),
    );
    expect(await affinity.holders([])).toEqual([]);
  });

  it('locates as it tells holders', async () => {
    const affinity = harness().affinity();
    const [held, free, by] = [fresh('d'), fresh('d'), await holder(affinity)];
    await affinity.claim(held, by);
    expect((await affinity.locate([free, held])).holders).toEqual(await affinity.holders([free, held]));
    expect((await affinity.locate([])).holders).toEqual([]);
  });

  it('keeps a device and its modules apart, and any id from any other', async () => {
    const affinity = harness().affinity();
    const by = await holder(affinity);
    const suffix = fresh('');
    const identities = HOSTILE.flatMap((id) => [`${id}${suffix}`, `${id}${suffix}/m`, `${suffix}${id}/m}/{x`]);
    for (const identity of identities) {
      expect((await affinity.claim(identity, { ...by, connection: identity })).previous).toBeUndefined();
    }
    const holders = await affinity.holders(identities);
    expect(holders.map((held) => held?.connection)).toEqual(identities);
  });

  it('takes any text for the names of a holder', async () => {
    const affinity = harness().affinity();
    for (const text of HOSTILE) {
      const by: Holder = { edge: text, incarnation: `${text}${fresh('life')}`, connection: text };
      const identity = fresh('d');
      await affinity.renewLease({ process: by.edge, incarnation: by.incarnation }, LONG_MS);
      const { epoch } = await affinity.claim(identity, by);
      expect(await affinity.holders([identity])).toEqual([{ ...by, epoch }]);
    }
  });
}

/** A connection of an edge of its own. */
async function holder(affinity: Affinity): Promise<Holder> {
  const { process, incarnation } = await liveProcess(affinity);
  return { edge: process, incarnation, connection: fresh('c') };
}
