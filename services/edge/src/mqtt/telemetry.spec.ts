import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HOST, token } from '../mqtt-client.spec-support.js';
import { TELEMETRY, TestEdge } from '../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

const STAMPS = {
  'iothub-connection-device-id': 'd1',
  'iothub-connection-auth-method': '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
  'iothub-connection-auth-generation-id': '638000000000000000',
  'iothub-enqueuedtime': '2026-01-01T00:00:00.000Z',
  'iothub-message-source': 'Telemetry',
};

describe('telemetry', () => {
  it.each(['devices/d1/messages/events', 'devices/d1/messages/events/', 'devices/d1/messages/events/?'])(
    'is taken at %s, stamped, and acknowledged',
    async (topic) => {
      const client = await edge.connected();
      client.publish(topic, 'hello', 5);
      expect(await client.acknowledgements(1)).toEqual([5]);
      expect(edge.ingress.records).toEqual([{ key: 'd1', headers: { ...STAMPS }, value: Buffer.from('hello') }]);
    },
  );

  it.each(['a=1&$.ct=text', '?a=1&$.ct=text', 'a=1&$.ct=text/', '?%61=1&%24.ct=text/'])(
    'has its properties from %s',
    async (bag) => {
      const client = await edge.connected();
      client.publish(TELEMETRY + bag, '', 1);
      await client.acknowledgements(1);
      expect(edge.ingress.records[0]?.headers).toEqual({ ...STAMPS, a: '1', 'content-type': 'text' });
    },
  );

  it('of a module is keyed by its device; a model is named, and who was admitted by a policy', async () => {
    edge.identity.policies.push({ name: 'p', rights: [4], primaryKey: PK, secondaryKey: '', etag: '' });
    const client = await edge.connected({
      clientId: 'd1/m1',
      username: `${HOST}/d1/m1/?api-version=1&model-id=dtmi:a;1`,
      password: token('d1/m1', { policy: 'p', resource: HOST, key: PK }),
    });
    client.publish('devices/d1/modules/m1/messages/events/$.sub=part', 'x', 1);
    await client.acknowledgements(1);
    expect(edge.ingress.records[0]).toMatchObject({
      key: 'd1',
      headers: {
        'iothub-connection-device-id': 'd1',
        'iothub-connection-module-id': 'm1',
        'iothub-connection-auth-method': '{"scope":"hub","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
        'dt-dataschema': 'dtmi:a;1',
        'dt-subject': 'part',
      },
    });
  });

  it('is taken at QoS 0 without an acknowledgement, and a repeated one again', async () => {
    const client = await edge.connected();
    client.publish(TELEMETRY, 'quiet');
    client.publish(TELEMETRY, 'loud', 3, { dup: true });
    expect(await client.acknowledgements(1)).toEqual([3]);
    expect(edge.ingress.records.map(({ value }) => value.toString())).toEqual(['quiet', 'loud']);
    expect(client.received).toEqual([]);
  });

  it('tells that it was to be retained', async () => {
    const client = await edge.connected();
    client.publish(TELEMETRY, '', 1, { retain: true });
    await client.acknowledgements(1);
    expect(edge.ingress.records[0]?.headers['mqtt-retain']).toBe('true');
  });

  it('is acknowledged only once the log has it, in the order of the log, in few writes', async () => {
    edge.ingress.automatic = false;
    const client = await edge.connected();
    const chunks: Buffer[] = [];
    client.stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    for (let id = 1; id <= 10; id++) {
      client.publish(TELEMETRY, `m${id}`, id);
    }
    await edge.pass(2);
    expect(chunks).toEqual([]);
    edge.ingress.acknowledge(4);
    expect(await client.acknowledgements(4)).toEqual([1, 2, 3, 4]);
    edge.ingress.acknowledge();
    expect(await client.acknowledgements(6)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(chunks.length).toBe(2);
  });

  it('may be as large as the limit, properties and all', async () => {
    const client = await edge.connected();
    client.publish(`${TELEMETRY}a=1`, Buffer.alloc(256 * 1024 - 4), 1);
    expect(await client.acknowledgements(1)).toEqual([1]);
    client.publish(`${TELEMETRY}a=1`, Buffer.alloc(256 * 1024 - 3), 2);
    await client.closing();
    expect(edge.ingress.records).toHaveLength(1);
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="too-large"} 1');
  });

  it('keeps what it was sent, whatever comes into the buffer later', async () => {
    edge.ingress.automatic = false;
    const client = await edge.connected();
    for (let id = 1; id <= 20; id++) {
      client.publish(TELEMETRY, String(id).repeat(50), id);
    }
    await edge.pass(1);
    const texts = edge.ingress.records.map(({ value }) => value.toString());
    expect(texts).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1).repeat(50)));
  });

  it.each([
    ['another device', 'devices/d2/messages/events/', 'not-authorized'],
    ['a longer id', 'devices/d11/messages/events/', 'not-authorized'],
    ['a module of it', 'devices/d1/modules/m1/messages/events/', 'not-authorized'],
    ['a longer last level', 'devices/d1/messages/eventsx', 'not-authorized'],
    ['its own inbox', 'devices/d1/messages/devicebound/', 'not-authorized'],
    ['something else', 'x', 'not-authorized'],
    ['an operation that nobody serves', '$iothub/streams/POST/x?$rid=1', 'not-authorized'],
    ['a malformed bag', `${TELEMETRY}=1`, 'protocol-error'],
    ['a bag that is too long', `${TELEMETRY}a=${'x'.repeat(16 * 1024)}`, 'too-large'],
    ['too many levels', `${TELEMETRY}a=${'/'.repeat(20)}x`, 'protocol-error'],
  ])('closes a connection that publishes to %s', async (_, topic, reason) => {
    const client = await edge.connected();
    client.publish(topic, 'x', 1);
    await client.closing();
    expect(edge.ingress.records).toEqual([]);
    expect(await edge.metric('mooring_edge_closes_total')).toContain(`reason="${reason}"} 1`);
  });

  it.each([
    ['QoS 2', '340500016100010000'],
    ['QoS 3', '360500016100010000'],
    ['a repetition at QoS 0', '38030001610000'],
    ['packet id 0', '3205000161000000'],
    ['a topic beyond its end', '30030009610000'],
    ['no topic', '3000'],
    ['half a topic length', '300100'],
  ])('closes a connection that publishes with %s', async (_, hex) => {
    const client = await edge.connected();
    client.stream.write(Buffer.from(hex, 'hex'));
    await client.closing();
    expect(edge.ingress.records).toEqual([]);
  });

  it.each([
    ['a wildcard', Buffer.from('a=#')],
    ['a wildcard of one level', Buffer.from('a+b=1')],
    ['U+0000', Buffer.from('a=\0')],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x3d, 0xc3, 0x28])],
  ])('closes a connection whose bag has %s', async (_, bag) => {
    const client = await edge.connected();
    const topic = Buffer.concat([Buffer.from(TELEMETRY), bag]);
    client.stream.write(Buffer.concat([Buffer.from([0x30, topic.length + 2, 0, topic.length]), topic]));
    await client.closing();
    expect(edge.ingress.records).toEqual([]);
  });
});

const PK = Buffer.alloc(32, 7).toString('base64');
