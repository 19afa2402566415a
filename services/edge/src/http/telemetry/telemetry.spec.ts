import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { OTHER_KEY } from '../../fake-identity.spec-support.js';
import { HOST, token } from '../../mqtt-client.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { errorOf, HttpEdge } from '../http-edge.spec-support.js';

const EVENTS = '/devices/d1/messages/events';
const BATCH = { 'content-type': 'application/vnd.microsoft.iothub.json' };
const MAX = 256 * 1024;

let edge: HttpEdge;
beforeEach(async () => {
  edge = await HttpEdge.start();
});
afterEach(() => edge.stop());

const records = () => edge.test.ingress.records;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const batch = (...messages: unknown[]) => edge.send(EVENTS, { headers: BATCH, body: JSON.stringify(messages) });

describe('a message', () => {
  it('is stored with its stamps, and the properties that its headers are', async () => {
    const answer = await edge.send(`${EVENTS}?api-version=2021-04-12`, {
      body: Buffer.from([0, 255]),
      headers: {
        'IoTHub-MessageId': 'm',
        'iothub-correlationid': 'c',
        'iothub-userid': 'u',
        'iothub-to': EVENTS,
        'iothub-expiry': 'Thu, 01 Jan 2026 00:00:00 GMT',
        'iothub-contenttype': 'application/json',
        'iothub-contentencoding': 'utf-8',
        'iothub-interface-id': 'i',
        'dt-subject': 's',
        'iothub-creation-time-utc': '2026-01-01T00:00:00Z',
        'iothub-ack': 'full',
        'iothub-app-Level': 'high',
        'IOTHUB-APP-iothub-connection-device-id': 'd2',
        'iothub-app-city': Buffer.from('Zürich €').toString('latin1'),
        'iothub-app-empty': '',
        'iothub-connection-device-id': 'd2',
      },
    });
    expect([answer.status, answer.body.length]).toEqual([204, 0]);
    expect(answer.headers['x-ms-request-id']).toMatch(/^[0-9A-F]{32}$/);
    expect(records()).toHaveLength(1);
    expect(records()[0]).toMatchObject({ key: 'd1', value: Buffer.from([0, 255]) });
    expect({ ...records()[0]?.headers }).toEqual({
      'iothub-connection-device-id': 'd1',
      'iothub-connection-auth-method': '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
      'iothub-connection-auth-generation-id': '638000000000000000',
      'iothub-enqueuedtime': new Date(edge.test.clock.now()).toISOString(),
      'iothub-message-source': 'Telemetry',
      'message-id': 'm',
      'correlation-id': 'c',
      'user-id': 'u',
      to: EVENTS,
      'absolute-expiry-time': '2026-01-01T00:00:00.000Z',
      'content-type': 'application/json',
      'content-encoding': 'utf-8',
      'iothub-interface-id': 'i',
      'dt-subject': 's',
      'iothub-creation-time-utc': '2026-01-01T00:00:00Z',
      'iothub-ack': 'full',
      Level: 'high',
      'property:iothub-connection-device-id': 'd2',
      city: 'Zürich €',
      empty: '',
    });
  });

  it('is acknowledged when it is durable, not before', async () => {
    edge.test.ingress.automatic = false;
    let answered = false;
    const answer = edge.send(EVENTS, { body: 'x' }).finally(() => {
      answered = true;
    });
    await until(() => records().length === 1);
    expect(answered).toBe(false);
    expect(await edge.test.metric('mooring_edge_in_flight_messages')).toMatch(/ 1$/);
    edge.test.ingress.acknowledge();
    expect((await answer).status).toBe(204);
    expect(await edge.test.metric('mooring_edge_acknowledgements_total')).toMatch(/ 1$/);
    expect(await edge.test.metric('mooring_edge_in_flight_messages')).toMatch(/ 0$/);
  });

  it('that the log gives up is not acknowledged', async () => {
    edge.test.ingress.automatic = false;
    const answer = edge.send(EVENTS);
    await until(() => records().length === 1);
    edge.test.ingress.fail();
    expect(errorOf(await answer)).toEqual([503, 'ServiceUnavailable']);
  });

  it('of a module is its own, and paths take any case', async () => {
    const answer = await edge.send('/Devices/d1/Modules/m1/Messages/Events/', { authorization: token('d1/m1') });
    expect(answer.status).toBe(204);
    expect(records()[0]?.headers).toMatchObject({ 'iothub-connection-module-id': 'm1' });
  });

  it('may be as large as the hub allows, with its properties', async () => {
    const headers = { 'iothub-app-a': 'b' };
    const rest = MAX - 'iothub-app-ab'.length;
    expect((await edge.send(EVENTS, { headers, body: Buffer.alloc(rest) })).status).toBe(204);
    expect(errorOf(await edge.send(EVENTS, { headers, body: Buffer.alloc(rest + 1) }))).toEqual([
      413,
      'MessageTooLarge',
    ]);
    expect(errorOf(await edge.send(EVENTS, { body: Buffer.alloc(2 * MAX + 1) }))).toEqual([413, 'MessageTooLarge']);
    expect(records()).toHaveLength(1);
  });

  it.each([
    ['a property twice', { 'iothub-app-a': ['1', '2'] }],
    ['a system property in two spellings', { 'iothub-creationtimeutc': '1', 'iothub-creation-time-utc': '1' }],
    ['a property without a name', { 'iothub-app-': '1' }],
    ['an expiry that is none', { 'iothub-expiry': 'soon' }],
  ])('is refused with %s', async (_, headers) => {
    expect(errorOf(await edge.send(EVENTS, { headers }))).toEqual([400, 'ArgumentInvalid']);
    expect(records()).toEqual([]);
  });
});

describe('a batch', () => {
  it('is stored in its order, each message with properties of its own', async () => {
    const answer = await batch(
      { body: base64('one'), properties: { 'iothub-app-k': 'v', 'IoTHub-MessageId': '1' } },
      { body: base64('two'), base64Encoded: true },
      { body: 'thr€e', base64Encoded: false, properties: {} },
      { body: '' },
    );
    expect(answer.status).toBe(204);
    expect(records().map(({ key, value }) => [key, value.toString()])).toEqual([
      ['d1', 'one'],
      ['d1', 'two'],
      ['d1', 'thr€e'],
      ['d1', ''],
    ]);
    expect(records()[0]?.headers).toMatchObject({ k: 'v', 'message-id': '1' });
    expect(records()[1]?.headers).not.toHaveProperty('k');
  });

  it('is appended no faster than its lane takes it', async () => {
    edge.test.ingress.automatic = false;
    edge.test.ingress.capacity = 2;
    const answer = batch({ body: '' }, { body: '' }, { body: '' });
    await until(() => records().length === 2);
    edge.test.ingress.acknowledge();
    await until(() => records().length === 3);
    edge.test.ingress.acknowledge();
    expect((await answer).status).toBe(204);
  });

  it.each([
    ['no JSON', '[{"body":""}', 'DeserializationError'],
    ['no UTF-8', Buffer.from([0x5b, 0xff, 0x5d]), 'DeserializationError'],
    ['nothing', '', 'DeserializationError'],
    ['no array', '{"body":""}', 'ArgumentInvalid'],
    ['no message', '[]', 'ArgumentInvalid'],
    ['too many messages', `[${Array.from({ length: 501 }, () => '{"body":""}').join()}]`, 'ArgumentInvalid'],
    ['what is no message', '[null]', 'ArgumentInvalid'],
    ['a message without a body', '[{}]', 'ArgumentInvalid'],
    ['a body that is no text', '[{"body":{}}]', 'ArgumentInvalid'],
    ['a body in a prototype', '[{"__proto__":{"body":""}}]', 'ArgumentInvalid'],
    ['base64 of a wrong length', '[{"body":"YQ="}]', 'ArgumentInvalid'],
    ['base64 with other characters', '[{"body":"YQ==\\n"}]', 'ArgumentInvalid'],
    ['base64 of the other alphabet', '[{"body":"_-8="}]', 'ArgumentInvalid'],
    ['base64 with bits left over', '[{"body":"YR=="}]', 'ArgumentInvalid'],
    ['a flag that is none', '[{"body":"","base64Encoded":"false"}]', 'ArgumentInvalid'],
    ['properties that are none', '[{"body":"","properties":[]}]', 'ArgumentInvalid'],
    ['a property that is no text', '[{"body":"","properties":{"iothub-app-a":1}}]', 'ArgumentInvalid'],
    ['a property twice', '[{"body":"","properties":{"iothub-ack":"","IOTHUB-ACK":""}}]', 'ArgumentInvalid'],
    ['one good message, and one that is not', '[{"body":""},{"body":"?"}]', 'ArgumentInvalid'],
  ])('is refused whole with %s', async (_, body, error) => {
    expect(errorOf(await edge.send(EVENTS, { headers: BATCH, body }))).toEqual([400, error]);
    expect(records()).toEqual([]);
  });

  it('may be as large together as one message', async () => {
    const half = Buffer.alloc(MAX / 2).toString('base64');
    expect((await batch({ body: half }, { body: half })).status).toBe(204);
    expect(errorOf(await batch({ body: half }, { body: half }, { body: base64('1') }))).toEqual([
      413,
      'MessageTooLarge',
    ]);
  });
});

describe('a request', () => {
  const future = () => Math.floor(edge.test.clock.now() / 1_000) + 600;

  it.each([
    ['no credentials', () => undefined],
    ['a token that is none', () => 'nonsense'],
    ['a bearer token', () => 'Bearer e30.e30.x'],
    ['the token of another device', () => token('d2')],
    ['the token of its module', () => token('d1/m1')],
    ['another key', () => token('d1', { key: Buffer.alloc(32).toString('base64') })],
    ['a token for all devices, signed by its own key', () => token('d1', { resource: HOST, se: future() })],
    ['a token that has expired', () => token('d1', { se: 1 })],
    ['a policy that is none', () => token('d1', { policy: 'none' })],
  ])('is refused with %s', async (_, authorization) => {
    expect(errorOf(await edge.send(EVENTS, { authorization: authorization() }))).toEqual([401, 'IotHubUnauthorized']);
    expect(records()).toEqual([]);
  });

  it.each(['%23%2B', 'nobody', 'a%2Fb', '%20', 'x'.repeat(129)])('is refused for the device %s', async (id) => {
    const answer = await edge.send(`/devices/${id}/messages/events`);
    expect(errorOf(answer)).toEqual([401, 'IotHubUnauthorized']);
  });

  it('may be signed by a policy that connects devices, and by no other', async () => {
    const policy = { primaryKey: OTHER_KEY, secondaryKey: '', etag: '' };
    edge.test.identity.policies.push(
      { ...policy, name: 'device', rights: [identity.Right.DEVICE_CONNECT] },
      { ...policy, name: 'registry', rights: [identity.Right.REGISTRY_WRITE] },
    );
    const signed = (name: string) => ({ authorization: token('d1', { key: OTHER_KEY, policy: name, resource: HOST }) });
    expect(errorOf(await edge.send(EVENTS, signed('registry')))).toEqual([401, 'IotHubUnauthorizedAccess']);
    expect((await edge.send(EVENTS, signed('device'))).status).toBe(204);
    expect(records()[0]?.headers['iothub-connection-auth-method']).toContain('"scope":"hub"');
  });

  it('takes nothing over from the device’s connection', async () => {
    const client = await edge.test.connected();
    expect((await edge.send(EVENTS)).status).toBe(204);
    expect(client.closed).toBe(false);
  });

  it('is told to come later while identity is away', async () => {
    edge.test.identity.unreachable = true;
    expect(errorOf(await edge.send(EVENTS))).toEqual([503, 'ServiceUnavailable']);
  });

  it('of one device beyond its share is refused, and its share is free again afterwards', async () => {
    edge.test.ingress.automatic = false;
    const waiting = Array.from({ length: 16 }, () => edge.send(EVENTS));
    await until(() => records().length === 16);
    expect(errorOf(await edge.send(EVENTS))).toEqual([429, 'ThrottlingException']);
    edge.test.ingress.automatic = true;
    expect((await edge.send('/devices/d2/messages/events', { authorization: token('d2') })).status).toBe(204);
    edge.test.ingress.acknowledge();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(16).fill(204));
    expect((await edge.send(EVENTS)).status).toBe(204);
  });

  it('to a path that devices have none of is not found', async () => {
    expect(errorOf(await edge.send('/devices/d1/messages'))).toEqual([404, 'ResourceNotFound']);
    expect(errorOf(await edge.send(EVENTS, { method: 'PUT' }))).toEqual([404, 'ResourceNotFound']);
  });

  it('is counted, and its answer closes the connection once the front is drained', async () => {
    await edge.send(EVENTS);
    edge.http.drain();
    const answer = await edge.send(EVENTS, { headers: { connection: 'keep-alive' } });
    expect(answer.headers['connection']).toBe('close');
    const total = 'mooring_edge_http_requests_total{operation="telemetry",status="204"}';
    await until(async () => (await edge.test.metric(total)).endsWith(' 2'));
  });
});
