import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import type { Operation } from '@mooring/operations';
import { edge as proto } from '@mooring/proto';
import fc from 'fast-check';
import type { IPublishPacket } from 'mqtt-packet';
import { FakeTwins } from '../../fake-twins.spec-support.js';
import type { MqttClient } from '../../mqtt-client.spec-support.js';
import { TELEMETRY, TestEdge, turn, until } from '../../test-edge.spec-support.js';

const REPLIES = '$iothub/twin/res/#';
const DESIRED = '$iothub/twin/PATCH/properties/desired/#';
const GET = '$iothub/twin/GET/?$rid=';
const PATCH = '$iothub/twin/PATCH/properties/reported/?$rid=';
const { DELIVERED, NOT_CONNECTED, NOT_SUBSCRIBED } = proto.Delivery;

let edge: TestEdge;
let twins: FakeTwins;
let records: Operation[];
beforeEach(async () => {
  twins = new FakeTwins();
  records = [];
  edge = await TestEdge.start({ more: { twinService: twins, operations: { record: (each) => records.push(each) } } });
  twins.put('d1');
  twins.put('d1/m1');
});
afterEach(() => edge.stop());

async function subscribed(clientId = 'd1', filters: readonly string[] = [REPLIES]): Promise<MqttClient> {
  const client = await edge.connected({ clientId });
  await client.subscribe(Object.fromEntries(filters.map((filter) => [filter, 1])));
  return client;
}

async function reply(client: MqttClient): Promise<{ topic: string; body: unknown; qos: number }> {
  const { topic, payload, qos } = (await client.next('publish')) as IPublishPacket;
  const text = payload.toString();
  return { topic, body: text === '' ? '' : JSON.parse(text), qos };
}

describe('a device that asks for its twin', () => {
  it.each(['d1', 'd1/m1'])('is answered with the properties of both sides: %s', async (clientId) => {
    const client = await subscribed(clientId);
    client.publish(`${GET}4f-a.%20b`, ' ', 3);
    expect(await client.acknowledgements(1)).toEqual([3]);
    expect(await reply(client)).toEqual({
      topic: '$iothub/twin/res/200/?$rid=4f-a.%20b',
      body: { desired: { $version: 1 }, reported: { $version: 1 } },
      qos: 0,
    });
  });

  it('is told nothing if it is not subscribed to answers', async () => {
    const client = await edge.connected();
    client.publish(`${GET}1`, '', 3);
    expect(await client.acknowledgements(1)).toEqual([3]);
    expect(client.received).toEqual([]);
  });

  it('is told what failed, in a body that says more', async () => {
    edge.identity.put('d2');
    const client = await subscribed('d2');
    client.publish(`${GET}1`, '');
    expect(await reply(client)).toEqual({
      topic: '$iothub/twin/res/404/?$rid=1',
      body: {
        errorCode: 404001,
        trackingId: expect.stringMatching(/^[0-9A-F]{32}$/),
        message: 'There is no such twin.',
        timestampUtc: '2026-01-01T00:00:00.000Z',
      },
      qos: 0,
    });
    expect(await edge.metric('mooring_edge_twin_operations_total')).toContain('operation="get",status="404"} 1');
  });

  it('is told that it may try again while the twin service is away, and stays connected', async () => {
    const client = await subscribed();
    twins.failure = new HubError('ServiceUnavailable', 'away');
    client.publish(`${GET}1`, '', 1);
    expect(await reply(client)).toMatchObject({ topic: '$iothub/twin/res/503/?$rid=1', body: { errorCode: 503001 } });
    twins.failure = new TypeError('with a secret in it');
    client.publish(`${PATCH}2`, '{}', 2);
    const failed = await reply(client);
    expect(failed).toMatchObject({ topic: '$iothub/twin/res/500/?$rid=2', body: { errorCode: 500001 } });
    expect(JSON.stringify(failed)).not.toContain('secret');
    expect(await client.acknowledgements(2)).toEqual([1, 2]);
  });

  it('shares a call with others, which is halved if the answers are too large for one', async () => {
    twins.put('d2');
    const clients = await Promise.all([subscribed(), subscribed('d1/m1'), subscribed('d2')]);
    twins.maxAnswer = 1;
    for (let round = 0; round < 8; round++) {
      for (const client of clients) {
        client.publish(`${GET}${round}`, '');
        client.publish(`${GET}${round}`, '');
      }
    }
    for (const client of clients) {
      for (let count = 0; count < 16; count++) {
        expect(await reply(client)).toMatchObject({ topic: expect.stringContaining('res/200/') });
      }
    }
    expect(Math.max(...twins.gets)).toBeGreaterThan(1);
  });
});

describe('a device that reports', () => {
  it('is told the new version, in order', async () => {
    const client = await subscribed();
    for (let id = 1; id <= 30; id++) {
      client.publish(`${PATCH}${id}`, JSON.stringify({ count: id }), id);
    }
    client.publish(`${GET}get`, '', 31);
    for (let id = 1; id <= 30; id++) {
      expect(await reply(client)).toEqual({
        topic: `$iothub/twin/res/204/?$rid=${id}&$version=${id + 1}`,
        body: '',
        qos: 0,
      });
    }
    expect(await reply(client)).toMatchObject({ body: { reported: { count: 30, $version: 31 } } });
    expect(await client.acknowledgements(31)).toHaveLength(31);
  });

  it('is refused where another version is there than it meant, or what it sent is no patch', async () => {
    const client = await subscribed();
    client.publish(`${PATCH}1&$version=9`, '{}');
    client.publish(`${PATCH}2&$version=1`, '{"a":1}');
    client.publish(`${PATCH}3`, '{"a":');
    expect([await reply(client), await reply(client), await reply(client)]).toMatchObject([
      { topic: '$iothub/twin/res/412/?$rid=1', body: { errorCode: 412001 } },
      { topic: '$iothub/twin/res/204/?$rid=2&$version=2' },
      { topic: '$iothub/twin/res/400/?$rid=3', body: { errorCode: 400004 } },
    ]);
  });

  it('is not read while as many operations as it may have are not done, and others go on', async () => {
    let open: () => void = () => undefined;
    twins.gate = new Promise((resolve) => {
      open = resolve;
    });
    const client = await subscribed();
    for (let id = 1; id <= 40; id++) {
      client.publish(`${PATCH}${id}`, '{}', id);
    }
    client.publish(TELEMETRY, 'late', 41);
    await turn();
    expect(edge.ingress.records).toEqual([]);
    const other = await edge.connected({ clientId: 'd2' });
    other.publish('devices/d2/messages/events/', 'x', 1);
    expect(await other.acknowledgements(1)).toEqual([1]);
    open();
    expect(await client.acknowledgements(41)).toHaveLength(41);
  });

  it('is throttled, and that is recorded, while too much of all devices waits', async () => {
    let open: () => void = () => undefined;
    twins.gate = new Promise((resolve) => {
      open = resolve;
    });
    const large = Buffer.alloc(200 * 1024, 'x');
    const clients: MqttClient[] = [];
    for (let index = 0; index < 12; index++) {
      edge.identity.put(`many${index}`);
      const client = await edge.connected({ clientId: `many${index}` });
      clients.push(client);
      for (let id = 1; id <= 31; id++) {
        client.publish(`${PATCH}${id}`, large);
      }
    }
    await until(() => records.some(({ category }) => category === 'D2CTwinOperations'));
    expect(records.find(({ category }) => category === 'D2CTwinOperations')).toMatchObject({
      operationName: 'update',
      resultType: '429001',
    });
    open();
    await until(async () => (await edge.metric('mooring_edge_in_flight_messages')).endsWith(' 0'));
  });

  it('is answered nothing once its connection has ended, and nobody else is', async () => {
    let open: () => void = () => undefined;
    twins.gate = new Promise((resolve) => {
      open = resolve;
    });
    const gone = await subscribed();
    gone.publish(`${GET}1`, '', 1);
    await until(() => twins.gets.length === 1);
    gone.vanish();
    const next = await subscribed();
    open();
    next.publish(`${GET}2`, '', 2);
    expect(await reply(next)).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=2' });
    expect(next.received.filter(({ cmd }) => cmd === 'publish')).toEqual([]);
  });
});

describe('a malformed topic', () => {
  it.each([
    '$iothub/twin/GET/',
    '$iothub/twin/GET/$rid=1',
    '$iothub/twin/GET/?$rid=',
    '$iothub/twin/GET/x?$rid=1',
    '$iothub/twin/PATCH/properties/reported/?$version=1',
    '$iothub/twin/PATCH/properties/reported/?$rid=1&$version=x',
    '$iothub/twin/PATCH/properties/desired/?$rid=1',
    '$iothub/twin/res/200/?$rid=1',
    '$iothub/twin/GET/?$rid=\ufffd',
  ])('closes the connection: %s', async (topic) => {
    const client = await subscribed();
    client.publish(topic, '{}', 1);
    await client.closing();
    expect([...twins.gets, ...twins.patches]).toEqual([]);
  });

  it('never does more than close the connection', async () => {
    const beginnings = fc.constantFrom(GET, PATCH, '$iothub/twin/', '$iothub/methods/res/', '$iothub/');
    const topics = fc.tuple(beginnings, fc.string({ maxLength: 20 })).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(topics, fc.uint8Array({ maxLength: 20 }), async (topic, payload) => {
        const client = await subscribed();
        client.publish(topic, Buffer.from(payload), 1);
        await turn();
        client.vanish();
      }),
      { numRuns: 60 },
    );
    const client = await subscribed();
    client.publish(`${GET}1`, '', 1);
    expect(await reply(client)).toMatchObject({ topic: '$iothub/twin/res/200/?$rid=1' });
    expect(await edge.metric('mooring_edge_closes_total')).not.toContain('internal-error');
  });
});

describe('a desired change', () => {
  const push = (version: number, more: Partial<proto.DesiredPush> = {}) => ({
    key: { deviceId: 'd1', moduleId: '' },
    generationId: '638000000000000000',
    version,
    json: Buffer.from(`{"a":${version},"$version":${version}}`),
    ...more,
  });
  const pushAll = async (...pushes: proto.DesiredPush[]) =>
    (await edge.edge.delivery.pushDesired({ pushes })).deliveries;

  it('reaches a device that asked for such, once each and in order', async () => {
    const client = await subscribed('d1', [DESIRED]);
    expect(await pushAll(push(2), push(3))).toEqual([DELIVERED, DELIVERED]);
    expect(await pushAll(push(3), push(2), push(4))).toEqual([DELIVERED, DELIVERED, DELIVERED]);
    for (const version of [2, 3, 4]) {
      expect(await reply(client)).toEqual({
        topic: `$iothub/twin/PATCH/properties/desired/?$version=${version}`,
        body: { a: version, $version: version },
        qos: 0,
      });
    }
    await turn();
    expect(client.received).toEqual([]);
  });

  it('reaches nobody else', async () => {
    const client = await subscribed('d1', [REPLIES]);
    const module = await subscribed('d1/m1', [DESIRED]);
    const unknown = { key: { deviceId: 'd9', moduleId: '' } };
    const pushes = [push(2), push(2, { key: undefined }), push(2, unknown), push(2, { generationId: 'other' })];
    expect(await pushAll(...pushes)).toEqual([NOT_SUBSCRIBED, NOT_CONNECTED, NOT_CONNECTED, NOT_CONNECTED]);
    await client.subscribe({ [DESIRED]: 0 });
    expect(await pushAll(push(2))).toEqual([DELIVERED]);
    client.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: [DESIRED] });
    await client.next('unsuback');
    expect(await pushAll(push(3))).toEqual([NOT_SUBSCRIBED]);
    expect(module.received).toEqual([]);
    expect(await edge.metric('mooring_edge_desired_pushes_total')).toContain('outcome="not-connected"} 3');
    await expect(pushAll(...Array.from({ length: 501 }, () => push(2)))).rejects.toMatchObject({ code: 400004 });
  });

  it('waits for the CONNACK of a kept session', async () => {
    const first = await edge.connected({ clean: false });
    await first.subscribe({ [DESIRED]: 0 });
    first.vanish();
    const second = edge.open();
    let admit: () => void = () => undefined;
    edge.identity.gate = new Promise((resolve) => {
      admit = resolve;
    });
    second.send(second.connectPacket({ clean: false }));
    await turn();
    expect(await pushAll(push(2))).not.toEqual([DELIVERED]);
    admit();
    await until(async () => (await pushAll(push(3)))[0] === DELIVERED);
    await until(() => second.received.length > 1);
    expect(second.received.map(({ cmd }) => cmd)).toEqual(['connack', 'publish']);
  });

  it('is not written to a connection that may have lost its identity: that is closed', async () => {
    const client = await subscribed('d1', [DESIRED]);
    Object.assign(edge.affinity, { renewLease: () => Promise.reject(new Error('unreachable')) });
    edge.clock.advance(40_000);
    expect(await pushAll(push(2))).toEqual([NOT_CONNECTED]);
    await client.closing();
    expect(client.received).toEqual([]);
  });

  it('is not kept for a connection that does not read: that is closed', async () => {
    const client = edge.open([], 1_024);
    await client.connect();
    await client.subscribe({ [DESIRED]: 0 });
    client.stream.pause();
    const json = Buffer.alloc(32 * 1024, ' ');
    for (let version = 2; version < 20; version++) {
      await pushAll(push(version, { json }));
    }
    expect(await pushAll(push(20))).toEqual([NOT_CONNECTED]);
    client.stream.resume();
    await client.closing();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="write-timeout"} 1');
  });
});
