import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type edge as contract, control } from '@mooring/proto';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';
import { CONFIRM_MS } from './ownership/displacement.js';

/** Two edges that reach each other. */
let one: TestEdge;
let two: TestEdge;
const edges = new Map<string, TestEdge>();
let answering: boolean;

const peers = {
  edge: (address: string): contract.EdgeService => ({
    closeConnections: async (request) => {
      if (!answering) {
        return new Promise(() => undefined);
      }
      const target = edges.get(address);
      return target === undefined ? Promise.reject(new Error('gone')) : target.edge.contract.closeConnections(request);
    },
    findConnections: () => Promise.reject(new Error('not asked')),
  }),
};

beforeEach(async () => {
  answering = true;
  one = await TestEdge.start({ more: { peers, address: 'one:1' } });
  two = await TestEdge.start({ beside: one, settings: { edgeId: 'edge-2' }, more: { peers, address: 'two:1' } });
  edges.set('one:1', one).set('two:1', two);
});
afterEach(async () => {
  await two.stop();
  await one.stop();
});

function broadcasts(from: TestEdge) {
  return from.eventLog
    .appender('control')
    .records.map(({ value }) => control.ControlEvent.decode(value).event)
    .filter((event) => event?.$case === 'connectionTakenOver');
}

describe('a device that connects to another edge', () => {
  it('is admitted there once its older connection is closed, and nothing is broadcast', async () => {
    const older = await one.connected();
    const newer = await two.connected();
    await older.closing();
    newer.publish(TELEMETRY, 'x', 1);
    expect(await newer.acknowledgements(1)).toEqual([1]);
    expect(broadcasts(two)).toEqual([]);
    expect((await one.affinity.holders(['d1']))[0]).toMatchObject({ edge: 'edge-2' });
    expect(await two.metric('mooring_edge_take_overs_total')).toContain('outcome="confirmed"} 1');
  });

  it('is admitted after 500 ms where that edge does not answer, and all are told', async () => {
    const older = await one.connected();
    answering = false;
    const newer = two.open();
    const connack = newer.connect();
    await turn();
    expect(newer.received).toEqual([]);
    one.clock.advance(CONFIRM_MS);
    expect(await connack).toMatchObject({ returnCode: 0 });
    const [event] = broadcasts(two);
    expect(event).toMatchObject({ $case: 'connectionTakenOver', value: { deviceId: 'd1', moduleId: '' } });
    if (event !== undefined) {
      one.eventLog.control(event);
    }
    await older.closing();
    expect(newer.closed).toBe(false);
  });

  it('does not hold up others meanwhile', async () => {
    await one.connected();
    answering = false;
    const waiting = two.open();
    void waiting.connect();
    await turn();
    expect(await two.open().connect({ clientId: 'd2' })).toMatchObject({ returnCode: 0 });
    one.clock.advance(CONFIRM_MS);
    await turn();
  });

  it('is not admitted if it was taken over while it waited', async () => {
    await one.connected();
    answering = false;
    const late = two.open();
    const connack = late.connect();
    await turn();
    const { epoch = 0 } = (await one.affinity.holders(['d1']))[0] ?? {};
    const key = { deviceId: 'd1', moduleId: '' };
    const closing = await two.edge.contract.closeConnections({ connections: [{ key, epoch: epoch + 1 }] });
    expect(closing).toEqual({ confirmed: [false] });
    one.clock.advance(CONFIRM_MS);
    expect(await connack).toMatchObject({ returnCode: 3 });
  });

  it('leaves nothing behind if it is gone before the other edge has confirmed', async () => {
    await one.connected();
    answering = false;
    const client = two.open();
    void client.connect();
    await turn();
    client.vanish();
    one.clock.advance(CONFIRM_MS);
    await turn();
    expect((await one.affinity.holders(['d1']))[0]).toBeUndefined();
  });
});

describe('an edge that missed broadcasts', () => {
  it('asks the store what is held elsewhere by now, once it hears again', async () => {
    const older = await one.connected({ keepalive: 600 });
    const kept = await one.connected({ clientId: 'd2', keepalive: 600 });
    await one.pass(5, { beating: false });
    answering = false;
    two.eventLog.beat();
    const connack = two.open().connect();
    await turn();
    one.clock.advance(CONFIRM_MS);
    await connack;
    expect(older.closed).toBe(false);
    one.eventLog.beat();
    await older.closing();
    expect(kept.closed).toBe(false);
  });
});
