import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { control } from '@mooring/proto';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';
import { LEASE_MS } from './ownership/lease.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

describe('the newest connection of an identity', () => {
  it('closes the older one, without DISCONNECT', async () => {
    const older = await edge.connected();
    const other = await edge.connected({ clientId: 'd2' });
    const module = await edge.connected({ clientId: 'd1/m1' });
    const newer = await edge.connected();
    await older.closing();
    expect(older.received).toEqual([]);
    newer.publish(TELEMETRY, 'x', 1);
    expect(await newer.acknowledgements(1)).toEqual([1]);
    expect([other.closed, module.closed]).toEqual([false, false]);
    expect((await edge.affinity.holders(['d1']))[0]).toMatchObject({ edge: 'edge-1' });
  });

  it('is one, of many that come at the same time', async () => {
    const clients = Array.from({ length: 10 }, () => edge.open());
    await Promise.all(clients.map((client) => client.connect()));
    await turn();
    expect(clients.filter((client) => !client.closed)).toHaveLength(1);
    expect(await edge.metric('mooring_edge_connections')).toContain(' 1');
  });

  it('is announced to the other processes, which close theirs', async () => {
    const neighbour = await TestEdge.start({ beside: edge, settings: { edgeId: 'edge-2' } });
    const older = await edge.connected();
    const newer = await neighbour.connected();
    await turn();
    const [broadcast] = neighbour.eventLog.appender('control').records;
    const { event } = control.ControlEvent.decode(broadcast?.value ?? Buffer.alloc(0));
    expect(event).toMatchObject({ $case: 'connectionTakenOver', value: { deviceId: 'd1', moduleId: '' } });
    expect(newer.closed).toBe(false);
    if (event !== undefined) {
      edge.eventLog.control(event);
    }
    await older.closing();
    await neighbour.stop();
  });

  it('lets go of its identity when it ends, and the older one does not', async () => {
    const older = await edge.connected();
    const newer = await edge.connected();
    await older.closing();
    expect((await edge.affinity.holders(['d1']))[0]).toBeDefined();
    newer.send({ cmd: 'disconnect' });
    await newer.closing();
    expect((await edge.affinity.holders(['d1']))[0]).toBeUndefined();
  });

  it('leaves nothing behind if it is gone before it is admitted', async () => {
    const client = edge.open();
    client.send(client.connectPacket());
    await new Promise((resolve) => setImmediate(resolve));
    client.vanish();
    await turn();
    expect((await edge.affinity.holders(['d1']))[0]).toBeUndefined();
    expect(await edge.metric('mooring_edge_connections')).toContain(' 0');
  });
});

describe('the lease', () => {
  it('is renewed while the edge lives', async () => {
    await edge.connected({ keepalive: 600 });
    await edge.pass(60);
    expect((await edge.affinity.holders(['d1']))[0]).toMatchObject({ edge: 'edge-1' });
  });

  it('once lapsed is replaced by a new one, under which all is claimed again and what is newer is lost', async () => {
    const kept = await edge.connected({ clientId: 'd2', keepalive: 600 });
    const lost = await edge.connected({ keepalive: 600 });
    const [before] = await edge.affinity.holders(['d2']);
    await edge.affinity.endLease('edge-1', before?.incarnation ?? '');
    await edge.affinity.renewLease({ process: 'edge-2', incarnation: 'x' }, 1_000_000);
    await edge.affinity.claim('d1', { edge: 'edge-2', incarnation: 'x', connection: 'c' });
    await edge.pass(5);
    await lost.closing();
    const [after] = await edge.affinity.holders(['d2']);
    expect(after).toEqual({ ...before, incarnation: expect.not.stringMatching(before?.incarnation ?? '') });
    kept.publish('devices/d2/messages/events/', 'x', 1);
    expect(await kept.acknowledgements(1)).toEqual([1]);
  });

  it('that cannot be renewed refuses new connections with 3, and keeps the others as long as the log is there', async () => {
    const { affinity } = edge;
    const live = await edge.connected({ keepalive: 1_000 });
    const unreachable = () => Promise.reject(new Error('unreachable'));
    const original = { renewLease: affinity.renewLease, claim: affinity.claim };
    Object.assign(affinity, { renewLease: unreachable, claim: unreachable });
    await edge.pass(60);
    expect(await edge.open().connect({ clientId: 'd2' })).toMatchObject({ returnCode: 3 });
    live.publish(TELEMETRY, 'x', 1);
    expect(await live.acknowledgements(1)).toEqual([1]);
    await edge.pass(LEASE_MS / 1_000 + 5, { beating: false });
    expect(live.closed).toBe(false);
    edge.eventLog.unavailable = true;
    await edge.pass(5, { beating: false });
    await live.closing();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="isolated"} 1');
    Object.assign(affinity, original);
  });
});
