import { expect, it } from '@jest/globals';
import { type AffinityHarness, fresh, LONG_MS, lapse, liveProcess, SHORT_MS } from './harness.js';

/** Long enough that a busy machine renews in time. */
const RENEWED_WITHIN_MS = 1500;

export function testLeases(harness: () => AffinityHarness): void {
  it('lists a process as long as its lease is renewed', async () => {
    const affinity = harness().affinity();
    const edge = await liveProcess(affinity, RENEWED_WITHIN_MS);
    expect(await affinity.renewLease(edge, LONG_MS)).toBe(true);
    await harness().pass(RENEWED_WITHIN_MS * 1.1);
    expect(await affinity.liveProcesses()).toContainEqual(edge);
  });

  it('tells at which address a process is reached, if at any', async () => {
    const affinity = harness().affinity();
    const mute = await liveProcess(affinity);
    for (const address of ['edge-1.local:9443', '[::1]:9443', 'a\nb"\\', '']) {
      const edge = { ...(await liveProcess(affinity)), address };
      expect(await affinity.renewLease(edge, LONG_MS)).toBe(true);
      expect(await affinity.liveProcesses()).toContainEqual(edge);
      await affinity.endLease(edge.process, edge.incarnation);
      expect(await affinity.liveProcesses()).not.toContainEqual(edge);
    }
    expect((await affinity.liveProcesses()).find(({ process }) => process === mute.process)).toEqual(mute);
  });

  it('never renews a lease that has lapsed, and takes a new incarnation', async () => {
    const affinity = harness().affinity();
    const edge = await liveProcess(affinity, SHORT_MS);
    await lapse(harness(), edge);
    expect(await affinity.renewLease(edge, LONG_MS)).toBe(false);
    expect(await affinity.renewLease({ process: edge.process, incarnation: fresh('life') }, LONG_MS)).toBe(true);
    expect(await affinity.renewLease(edge, LONG_MS)).toBe(false);
  });

  it('ends a lease at once, and not that of a newer incarnation', async () => {
    const affinity = harness().affinity();
    const edge = await liveProcess(affinity);
    await affinity.endLease(edge.process, edge.incarnation);
    expect(await affinity.liveProcesses()).not.toContainEqual(edge);
    expect(await affinity.renewLease(edge, LONG_MS)).toBe(false);
    const newer = { process: edge.process, incarnation: fresh('life') };
    await affinity.renewLease(newer, LONG_MS);
    await affinity.endLease(edge.process, edge.incarnation);
    expect(await affinity.liveProcesses()).toContainEqual(newer);
  });

  it('lets a newer incarnation of a process take the lease of an older one', async () => {
    const affinity = harness().affinity();
    const older = await liveProcess(affinity);
    const newer = { process: older.process, incarnation: fresh('life') };
    expect(await affinity.renewLease(newer, LONG_MS)).toBe(true);
    expect(await affinity.renewLease(older, LONG_MS)).toBe(false);
    const live = await affinity.liveProcesses();
    expect(live.filter(({ process }) => process === older.process)).toEqual([newer]);
  });

  it('knows no lease after the store was emptied', async () => {
    const edge = await liveProcess(harness().affinity());
    await harness().empty();
    expect(await harness().affinity().liveProcesses()).toEqual([]);
    expect(
      await harness()
        .affinity()
        .renewLease({ process: edge.process, incarnation: fresh('life') }, LONG_MS),
    ).toBe(true);
  });
}
