import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { control } from '@mooring/proto';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';
import { LEASE_MS } from './ownership/lease.js';

const FROZEN_MS = 40_000;

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

/** Time passes, and the process does nothing; what is sent right after it lay in the sockets meanwhile. */
function freeze(ms: number): void {
  edge.clock.advance(ms);
}

async function takenElsewhere(name: string): Promise<void> {
  await edge.affinity.renewLease({ process: 'edge-2', incarnation: 'x' }, 1_000_000);
  await edge.affinity.claim(name, { edge: 'edge-2', incarnation: 'x', connection: 'c' });
}

const unreachable = () => Promise.reject(new Error('unreachable'));

describe('an edge that was frozen for longer than its lease', () => {
  it('appends nothing of what lay in its sockets for a device that has moved, and all of it for the others', async () => {
    const moved = await edge.connected({ keepalive: 600 });
    const stayed = await edge.connected({ clientId: 'd2', keepalive: 600 });
    await takenElsewhere('d1');
    freeze(FROZEN_MS);
    moved.publish(TELEMETRY, 'old', 1);
    stayed.publish('devices/d2/messages/events/', 'kept', 1);
    expect(await stayed.acknowledgements(1)).toEqual([1]);
    await moved.closing();
    expect(edge.ingress.records.map(({ value }) => value.toString())).toEqual(['kept']);
  });

  it('leaves no will for a device whose connection ended meanwhile: it may have moved', async () => {
    const client = await edge.connected({ will: { topic: TELEMETRY, payload: Buffer.from('gone') } });
    await takenElsewhere('d1');
    freeze(FROZEN_MS);
    client.vanish();
    await turn();
    expect(await edge.metric('mooring_edge_connections')).toContain(' 0');
    expect(edge.ingress.records).toEqual([]);
  });

  it('admits nobody by a claim of before', async () => {
    let answer: () => void = () => undefined;
    const { affinity } = edge;
    const claim = affinity.claim.bind(affinity);
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    affinity.claim = async (name, holder) => {
      const claimed = await claim(name, holder);
      await answered;
      return claimed;
    };
    const connack = edge.open().connect();
    await turn();
    freeze(LEASE_MS + 5_000);
    answer();
    expect(await connack).toMatchObject({ returnCode: 3 });
  });

  it('waits for the store where that is away too, and closes all after another lease', async () => {
    const client = await edge.connected({ keepalive: 600 });
    Object.assign(edge.affinity, { renewLease: unreachable });
    freeze(FROZEN_MS);
    client.publish(TELEMETRY, 'x', 1);
    await turn();
    expect(edge.ingress.records).toEqual([]);
    await edge.pass(LEASE_MS / 1_000 + 4);
    await client.closing();
    expect(edge.ingress.records).toEqual([]);
  });
});

describe('an edge that the store does not answer', () => {
  it('reads on for as long as it keeps trying', async () => {
    const client = await edge.connected({ keepalive: 600 });
    Object.assign(edge.affinity, { renewLease: unreachable });
    await edge.pass(60);
    client.publish(TELEMETRY, 'x', 1);
    expect(await client.acknowledgements(1)).toEqual([1]);
  });

  it('closes all before a lease is over if the event log is away as well', async () => {
    const client = await edge.connected({ keepalive: 600 });
    Object.assign(edge.affinity, { renewLease: unreachable });
    edge.eventLog.unavailable = true;
    await edge.pass(LEASE_MS / 1_000 - 2, { beating: false });
    expect(client.closed).toBe(false);
    await edge.pass(2, { beating: false });
    await client.closing();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="isolated"} 1');
  });

  it('claims again once it answers, and only what it has claimed is read', async () => {
    const client = await edge.connected({ keepalive: 600 });
    const { affinity } = edge;
    const [before] = await affinity.holders(['d1']);
    await affinity.endLease('edge-1', before?.incarnation ?? '');
    const reclaim = affinity.reclaim.bind(affinity);
    Object.assign(affinity, { reclaim: unreachable });
    await edge.pass(4);
    client.publish(TELEMETRY, 'x', 1);
    await turn();
    expect(edge.ingress.records).toEqual([]);
    Object.assign(affinity, { reclaim });
    await edge.pass(4);
    expect(await client.acknowledgements(1)).toEqual([1]);
    const [after] = await affinity.holders(['d1']);
    expect(after?.epoch).toBe(before?.epoch);
  });
});

describe('an emptied store', () => {
  const announced = () =>
    edge.eventLog
      .appender('control')
      .records.map(({ value }) => control.ControlEvent.decode(value).event)
      .flatMap((event) => (event?.$case === 'connectionTakenOver' ? [event.value.deviceId] : []));

  it('makes an edge tell all what it has claimed since, and for a while whatever it claims', async () => {
    await edge.connected({ clientId: 'd1/m1', keepalive: 600 });
    await edge.pass(3);
    await edge.connected({ keepalive: 600 });
    const [held] = await edge.affinity.holders(['d1']);
    await edge.affinity.endLease('edge-1', held?.incarnation ?? '');
    await edge.pass(3);
    expect(announced()).toEqual(['d1']);
    await edge.connected({ clientId: 'd2', keepalive: 600 });
    await turn();
    expect(announced()).toEqual(['d1', 'd2']);
    await edge.pass(61);
    const third = await edge.connected({ clientId: 'd2' });
    third.send({ cmd: 'disconnect' });
    await third.closing();
    await edge.connected({ clientId: 'd2' });
    await turn();
    expect(announced()).toEqual(['d1', 'd2']);
  });
});

describe('two clients with one identity', () => {
  it('throw each other out so often only, then the one that is connected stays', async () => {
    await edge.stop();
    edge = await TestEdge.start({ settings: { maxTakeOvers: 3 } });
    let client = await edge.connected();
    for (let round = 0; round < 3; round++) {
      client = await edge.connected();
    }
    const refused = edge.open();
    const connack = refused.connect();
    await turn();
    expect(refused.received).toEqual([]);
    await edge.pass(1);
    expect(await connack).toMatchObject({ returnCode: 3 });
    expect(client.closed).toBe(false);
    expect(await edge.open().connect({ clientId: 'd2' })).toMatchObject({ returnCode: 0 });
    expect(await edge.metric('mooring_edge_connects_total')).toContain('outcome="too-many-take-overs"} 1');
    expect(await edge.metric('mooring_edge_take_overs_total')).toContain('outcome="local"} 3');
    await edge.pass(10);
    expect(await edge.open().connect()).toMatchObject({ returnCode: 0 });
    await client.closing();
  });
});
