import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveryPeers } from '@mooring/delivery';
import type { Operation } from '@mooring/operations';
import { edge as proto } from '@mooring/proto';
import fc from 'fast-check';
import type { IPublishPacket } from 'mqtt-packet';
import type { MqttClient } from '../../mqtt-client.spec-support.js';
import { TELEMETRY, TestEdge, turn, until } from '../../test-edge.spec-support.js';

const METHODS = '$iothub/methods/POST/#';
const { DELIVERED, NOT_CONNECTED, NOT_SUBSCRIBED } = proto.Delivery;

let one: TestEdge;
let two: TestEdge;
let calls: number;
let records: Operation[];
const edges = new Map<string, TestEdge>();
const deliveryPeers: Pick<DeliveryPeers, 'delivery'> = {
  delivery: (address) => {
    const edge = edges.get(address)?.edge;
    if (edge === undefined) {
      throw new Error('gone');
    }
    return edge.delivery;
  },
};

beforeEach(async () => {
  calls = 0;
  records = [];
  const operations = { record: (operation: Operation) => void records.push(operation) };
  one = await TestEdge.start({ more: { deliveryPeers, operations, address: 'one:1' } });
  two = await TestEdge.start({
    beside: one,
    settings: { edgeId: 'edge-2' },
    more: { deliveryPeers, operations, address: 'two:1' },
  });
  edges.set('one:1', one).set('two:1', two);
});
afterEach(async () => {
  await two.stop();
  await one.stop();
});

function request(parts: Partial<proto.InvokeMethodRequest> = {}): proto.InvokeMethodRequest {
  const key = { deviceId: 'd1', moduleId: '' };
  const payload = Buffer.from('null');
  return { key, callId: `call-${++calls}`, methodName: 'reboot', payload, responseTimeoutMs: 30_000, ...parts };
}

const invoke = (parts: Partial<proto.InvokeMethodRequest> = {}) => one.edge.delivery.invokeMethod(request(parts));

async function listening(edge = one, clientId = 'd1'): Promise<MqttClient> {
  const client = await edge.connected({ clientId });
  await client.subscribe({ [METHODS]: 0 });
  return client;
}

/** The next call that a device is given. */
async function called(client: MqttClient): Promise<{ name: string; rid: string; payload: string; qos: number }> {
  const { topic, payload, qos } = (await client.next('publish')) as IPublishPacket;
  const [, name = '', rid = ''] = /^\$iothub\/methods\/POST\/([^/]+)\/\?\$rid=([0-9a-f]+)$/.exec(topic) ?? [];
  return { name, rid, payload: payload.toString(), qos };
}

const reply = (client: MqttClient, rid: string, status: number | string = 200, body: string | Buffer = '') =>
  client.publish(`$iothub/methods/res/${status}/?$rid=${rid}`, body, 5);

const replies = (edge: TestEdge, outcome: string) =>
  edge.metric(`mooring_edge_method_replies_total{outcome="${outcome}"}`);

describe('a method call', () => {
  it('reaches the device with what the caller gave, and brings back what it answers', async () => {
    const client = await listening();
    const answer = invoke({ payload: Buffer.from('{"a":  1e2}') });
    const call = await called(client);
    expect(call).toMatchObject({ name: 'reboot', payload: '{"a":  1e2}', qos: 0 });
    reply(client, call.rid, 299, '{"b": 1.0}');
    expect(await client.acknowledgements(1)).toEqual([5]);
    expect(await answer).toEqual({
      delivery: DELIVERED,
      timedOut: false,
      status: 299,
      payload: Buffer.from('{"b": 1.0}'),
    });
    expect(await one.metric('mooring_edge_method_calls_total')).toContain('outcome="answered"} 1');
    expect(await one.metric('mooring_edge_method_calls_waiting')).toContain(' 0');
  });

  it('reaches a module', async () => {
    const client = await listening(one, 'd1/m1');
    const answer = invoke({ key: { deviceId: 'd1', moduleId: 'm1' } });
    reply(client, (await called(client)).rid, -1, 'not JSON');
    expect(await answer).toMatchObject({ status: -1, payload: Buffer.from('not JSON') });
  });

  it('does not reach who has not asked for such, or is not here', async () => {
    expect(await invoke()).toMatchObject({ delivery: NOT_CONNECTED });
    const client = await one.connected();
    expect(await invoke()).toMatchObject({ delivery: NOT_SUBSCRIBED });
    expect(await invoke({ key: undefined })).toMatchObject({ delivery: NOT_CONNECTED });
    expect(client.received).toEqual([]);
  });

  it('does not reach a connection that may have lost its identity', async () => {
    const client = await listening();
    Object.assign(one.affinity, { renewLease: () => Promise.reject(new Error('unreachable')) });
    one.clock.advance(40_000);
    expect(await invoke()).toMatchObject({ delivery: NOT_CONNECTED });
    expect(client.received).toEqual([]);
  });

  it('is over when the device has not answered in time, and a late answer is nothing', async () => {
    const client = await listening();
    const answer = invoke({ responseTimeoutMs: 5_000 });
    const { rid } = await called(client);
    one.clock.advance(5_000);
    expect(await answer).toMatchObject({ delivery: DELIVERED, timedOut: true });
    reply(client, rid);
    expect(await client.acknowledgements(1)).toEqual([5]);
    expect(await replies(one, 'unexpected')).toContain(' 1');
    expect(client.closed).toBe(false);
  });

  it('is dropped when its caller does not want the answer any more', async () => {
    const client = await listening();
    const answer = invoke({ callId: 'c' });
    const { rid } = await called(client);
    await expect(invoke({ callId: 'c' })).rejects.toMatchObject({ code: 400003 });
    await one.edge.delivery.cancelMethod({ callId: 'c' });
    await one.edge.delivery.cancelMethod({ callId: 'unknown' });
    await answer;
    reply(client, rid);
    await until(async () => (await replies(one, 'unexpected')).endsWith(' 1'));
    expect(await one.metric('mooring_edge_method_calls_total')).toContain('outcome="cancelled"} 1');
  });

  it('fails when its edge ends', async () => {
    await listening(two);
    const answer = two.edge.delivery.invokeMethod(request());
    const failed = expect(answer).rejects.toMatchObject({ code: 503001 });
    await turn();
    await two.stop();
    await failed;
    two = await TestEdge.start({ beside: one, settings: { edgeId: 'edge-2' } });
  });

  it.each([
    ['a name that is too long', { methodName: 'x'.repeat(101) }, 400004],
    ['no name', { methodName: '' }, 400004],
    ['a name of two levels', { methodName: 'a/b' }, 400004],
    ['a wildcard', { methodName: 'a#' }, 400004],
    ['a payload that is too large', { payload: Buffer.alloc(128 * 1024 + 1) }, 413001],
  ])('is refused with %s', async (_, parts, code) => {
    const client = await listening();
    await expect(invoke(parts)).rejects.toMatchObject({ code });
    expect(client.received).toEqual([]);
    expect(await one.metric('mooring_edge_method_calls_waiting')).toContain(' 0');
  });
});

describe('many calls', () => {
  it('of one device are matched by their ids, in whatever order it answers', async () => {
    const client = await listening();
    const answers = Array.from({ length: 100 }, (_, index) => invoke({ payload: Buffer.from(String(index)) }));
    const given = [];
    for (let index = 0; index < 100; index++) {
      given.push(await called(client));
    }
    expect(new Set(given.map(({ rid }) => rid)).size).toBe(100);
    for (const { rid, payload } of given.reverse()) {
      reply(client, rid, 200, payload);
    }
    const payloads = (await Promise.all(answers)).map(({ payload }) => payload.toString());
    expect(payloads).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
  });

  it('are refused beyond what one device, and all together, may have', async () => {
    const client = await listening();
    const other = await listening(one, 'd2');
    const waiting = Array.from({ length: 100 }, () => invoke());
    await expect(invoke()).rejects.toMatchObject({ code: 429001 });
    const others = Array.from({ length: 50 }, () => invoke({ key: { deviceId: 'd2', moduleId: '' } }));
    await expect(invoke({ key: { deviceId: 'd2', moduleId: '' } })).rejects.toMatchObject({ code: 429001 });
    reply(client, (await called(client)).rid);
    await client.acknowledgements(1);
    const next = invoke();
    one.clock.advance(30_000);
    await Promise.all([...waiting, ...others, next]);
    expect(await one.metric('mooring_edge_method_calls_waiting')).toContain(' 0');
    other.vanish();
  });
});

describe('an answer', () => {
  it('of a device that has connected again comes through', async () => {
    const first = await listening();
    const answer = invoke();
    const { rid } = await called(first);
    first.vanish();
    const second = await one.connected();
    reply(second, rid, 201);
    expect(await answer).toMatchObject({ status: 201 });
  });

  it('of a device that has connected to another edge meanwhile comes through', async () => {
    const first = await listening();
    const answer = invoke();
    const { rid } = await called(first);
    const second = await two.connected();
    reply(second, rid, 202, '"moved"');
    expect(await second.acknowledgements(1)).toEqual([5]);
    expect(await answer).toMatchObject({ status: 202, payload: Buffer.from('"moved"') });
    expect(await replies(two, 'forwarded')).toContain(' 1');
  });

  it('is lost, and nothing more, where the edge of its call cannot be reached', async () => {
    const first = await listening();
    const answer = invoke({ responseTimeoutMs: 5_000 });
    const { rid } = await called(first);
    const second = await two.connected();
    edges.delete('one:1');
    reply(second, rid);
    expect(await second.acknowledgements(1)).toEqual([5]);
    expect(await replies(two, 'undelivered')).toContain(' 1');
    one.clock.advance(5_000);
    expect(await answer).toMatchObject({ timedOut: true });
  });

  it('of another device does not pass for the one that was asked', async () => {
    const client = await listening();
    const answer = invoke();
    const { rid } = await called(client);
    const thief = await one.connected({ clientId: 'd2' });
    const module = await two.connected({ clientId: 'd1/m1' });
    reply(thief, rid, 666);
    reply(module, rid, 666);
    expect([await thief.acknowledgements(1), await module.acknowledgements(1)]).toEqual([[5], [5]]);
    reply(client, rid, 200);
    reply(client, rid, 201);
    expect(await answer).toMatchObject({ status: 200 });
    await until(async () => (await replies(one, 'unexpected')).endsWith(' 3'));
    const recorded = records.filter(({ operationName }) => operationName === 'methodReply');
    expect(recorded.map(({ deviceId, moduleId, resultType }) => [deviceId, moduleId, resultType]).sort()).toEqual([
      ['d1', undefined, '400003'],
      ['d1', 'm1', '400003'],
      ['d2', undefined, '400003'],
    ]);
  });

  it('to nothing that was ever asked is counted, and the store is not asked each time', async () => {
    const client = await two.connected();
    let asked = 0;
    const { liveProcesses } = one.affinity;
    one.affinity.liveProcesses = () => {
      asked++;
      return liveProcesses.call(one.affinity);
    };
    for (const rid of ['1', 'xyz', 'ABCDEF0011223344aabbccdd', '0'.repeat(24), '1'.repeat(24), '2'.repeat(24)]) {
      reply(client, rid);
    }
    expect(await client.acknowledgements(6)).toHaveLength(6);
    expect(await replies(two, 'malformed')).toContain(' 3');
    expect(await replies(two, 'unexpected')).toContain(' 3');
    expect(asked).toBe(1);
    expect(client.closed).toBe(false);
  });

  it.each([
    '$iothub/methods/res/',
    '$iothub/methods/res/200',
    '$iothub/methods/res/200/',
    '$iothub/methods/res/200/?$rid=',
    '$iothub/methods/res//?$rid=1',
    '$iothub/methods/res/ok/?$rid=1',
    '$iothub/methods/res/2.5/?$rid=1',
    '$iothub/methods/res/99999999999/?$rid=1',
    '$iothub/methods/res/4294967296/?$rid=1',
    '$iothub/methods/POST/reboot/?$rid=1',
  ])('with a malformed topic closes the connection: %s', async (topic) => {
    const client = await listening();
    client.publish(topic, '{}');
    await client.closing();
  });

  it('never does harm, whatever it is', async () => {
    const client = await listening();
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 1, maxLength: 30 });
    const status = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
    await fc.assert(
      fc.asyncProperty(digits, status, fc.uint8Array({ maxLength: 30 }), async (rid, code, body) => {
        reply(client, rid, code, Buffer.from(body));
        await client.acknowledgements(1);
      }),
      { numRuns: 100 },
    );
    client.publish(TELEMETRY, 'x', 7);
    expect(await client.acknowledgements(1)).toEqual([7]);
  });
});
