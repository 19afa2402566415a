import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MonitoringFixture, type MonitoringProcess } from '../testing/monitoring-fixture.js';
import { keyOf, report } from '../testing/requests.js';
import { GRACE_MS } from './lapsed-edges.js';

const LEASE_MS = 15_000;

let fixture: MonitoringFixture;
let running: MonitoringProcess;

beforeEach(async () => {
  fixture = await MonitoringFixture.open();
  running = await fixture.start();
});
afterEach(() => fixture.close());

/** An edge takes or renews its lease. */
async function renew(life: string): Promise<boolean> {
  const [process = '', incarnation = ''] = life.split(':');
  return fixture.ports.affinity.renewLease({ process, incarnation }, LEASE_MS);
}

/** Connections that an edge claims and reports. @returns the epochs */
async function connect(life: string, ...ids: readonly string[]): Promise<number[]> {
  const [edge = '', incarnation = ''] = life.split(':');
  await renew(life);
  const epochs: number[] = [];
  for (const id of ids) {
    epochs.push((await fixture.ports.affinity.claim(id, { edge, incarnation, connection: id })).epoch);
  }
  await report(running.service, life, ...ids.map((id, index) => ({ id, epoch: epochs[index] ?? 0 })));
  return epochs;
}

async function reclaim(life: string, id: string, epoch: number): Promise<boolean> {
  const [edge = '', incarnation = ''] = life.split(':');
  return fixture.ports.affinity.reclaim(id, { edge, incarnation, connection: id, epoch });
}

async function connectedOnes(...ids: readonly string[]): Promise<string[]> {
  const { states } = await running.service.getStates({ keys: ids.map(keyOf) });
  return ids.filter((_, index) => states[index]?.connected);
}

/** Lets time pass with other edges alive, in steps that sweeps come in between. */
async function pass(ms: number, ...alive: readonly string[]): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await Promise.all(alive.map(renew));
    fixture.clock.advance(Math.min(left, 500));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** As the process counts them, a moment after they were written. */
async function swept({ metrics }: MonitoringProcess): Promise<number> {
  return Number(/swept_connections_total (\d+)/.exec(await metrics.metrics())?.[1]);
}

describe('what an edge that died has left', () => {
  it('is disconnected after a while, with events, and let go; what others hold is not touched', async () => {
    await connect('dead:1', 'a', 'a/m', 'b');
    await connect('alive:1', 'c');
    await pass(LEASE_MS + 5_000, 'alive:1');
    expect(await connectedOnes('a', 'a/m', 'b', 'c')).toEqual(['a', 'a/m', 'b', 'c']);
    await pass(GRACE_MS, 'alive:1');
    await fixture.until(async () => (await connectedOnes('a', 'a/m', 'b', 'c')).join() === 'c');
    await fixture.until(() => fixture.operationsOf('a', 'm').length === 2);
    expect(fixture.operationsOf('a', 'm')).toEqual(['moduleConnected', 'moduleDisconnected']);
    expect(fixture.operationsOf('c')).toEqual(['deviceConnected']);
    expect((await running.service.countConnected({})).connectedDeviceCount).toBe(1);
    await fixture.until(async () => (await swept(running)) === 3);
  });

  it('is found page by page, and several processes may look at once', async () => {
    const [other, another] = [await fixture.start(), await fixture.start()];
    await connect('alive:1', 'kept');
    const devices = Array.from({ length: 1_200 }, (_, index) => ({ id: `d${index}`, epoch: 1 }));
    await report(running.service, 'dead:1', ...devices);
    await pass(GRACE_MS + 4_000, 'alive:1');
    await fixture.until(async () => (await running.service.countConnected({})).connectedDeviceCount === 1);
    await fixture.until(() => fixture.events.length >= 2_401);
    const all = async () =>
      (await Promise.all([running, other, another].map(swept))).reduce((sum, count) => sum + count);
    await fixture.until(async () => (await all()) >= 1_200);
    expect(await all()).toBe(1_200);
  });

  it('is swept too where it is reported late', async () => {
    await connect('alive:1', 'kept');
    await report(running.service, 'dead:1', { id: 'a', epoch: 1 });
    await pass(GRACE_MS + 4_000, 'alive:1');
    await fixture.until(async () => (await connectedOnes('a')).length === 0);
    await report(running.service, 'dead:1', { id: 'late', epoch: 2 });
    await fixture.until(async () => (await connectedOnes('late')).length === 0);
  });
});

describe('an edge that comes back', () => {
  it('and reports within the grace does not let its devices flap', async () => {
    const [epoch = 0] = await connect('edge:1', 'a');
    await pass(LEASE_MS + 3_000);
    expect(await renew('edge:1')).toBe(false);
    await renew('edge:2');
    await reclaim('edge:2', 'a', epoch);
    await report(running.service, 'edge:2', { id: 'a', epoch });
    await pass(GRACE_MS * 2, 'edge:2');
    expect(await connectedOnes('a')).toEqual(['a']);
    expect(fixture.operationsOf('a')).toEqual(['deviceConnected']);
  });

  it('and has claimed again, but not reported yet, keeps its devices', async () => {
    const [epoch = 0] = await connect('edge:1', 'a');
    await pass(LEASE_MS + 3_000);
    await renew('edge:2');
    await reclaim('edge:2', 'a', epoch);
    await pass(GRACE_MS * 2, 'edge:2');
    expect(await connectedOnes('a')).toEqual(['a']);
    await pass(LEASE_MS + GRACE_MS + 5_000);
    await fixture.until(async () => (await connectedOnes('a')).length === 0);
    await fixture.until(() => fixture.operationsOf('a').length === 2);
  });

  it('late, has its devices again, and what moved elsewhere stays there', async () => {
    const [epochA = 0, epochB = 0] = await connect('edge:1', 'a', 'b');
    await pass(LEASE_MS + GRACE_MS + 5_000, 'other:1');
    await fixture.until(async () => (await connectedOnes('a', 'b')).length === 0);
    await connect('other:1', 'b');
    await renew('edge:2');
    expect([await reclaim('edge:2', 'a', epochA), await reclaim('edge:2', 'b', epochB)]).toEqual([true, false]);
    await report(running.service, 'edge:2', { id: 'a', epoch: epochA }, { id: 'b', epoch: epochB, connected: false });
    expect(await connectedOnes('a', 'b')).toEqual(['a', 'b']);
    await pass(GRACE_MS * 2, 'other:1', 'edge:2');
    expect(await connectedOnes('a', 'b')).toEqual(['a', 'b']);
  });
});

it('nothing is swept while the affinity store is away, and edges have their time anew afterwards', async () => {
  await connect('edge:1', 'a');
  await pass(LEASE_MS + GRACE_MS - 2_000);
  const { affinity } = fixture.ports;
  const { liveProcesses } = affinity;
  affinity.liveProcesses = () => Promise.reject(new Error('away'));
  await pass(GRACE_MS * 2);
  affinity.liveProcesses = liveProcesses;
  await pass(GRACE_MS - 2_000);
  expect(await connectedOnes('a')).toEqual(['a']);
  await pass(6_000);
  await fixture.until(async () => (await connectedOnes('a')).length === 0);
});
