import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { until } from '../../test-edge.spec-support.js';
import { openSender, openSession, putToken, send } from '../spec-support/amqp-client.js';
import { AmqpEdge } from '../spec-support/amqp-edge.js';

const EVENTS = '/devices/d1/messages/events';
const { data_section: data, data_sections: sections } = rhea.message;

describe('telemetry over AMQP', () => {
  let edge: AmqpEdge;
  beforeEach(async () => {
    edge = await AmqpEdge.start();
  });
  afterEach(() => edge.stop());

  async function connected() {
    const connection = edge.connect();
    await putToken(connection, 'h/devices/d1', edge.token());
    return connection;
  }

  it('is stored with all that the message and the hub say of it', async () => {
    const link = await openSender(await connected(), EVENTS, {
      properties: { 'com.microsoft:model-id': 'dtmi:a;1' },
    });
    const sent = await send(link, {
      message_id: 'm 1',
      correlation_id: rhea.types.wrap_uuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex')),
      user_id: Buffer.from('user'),
      content_type: 'application/json',
      content_encoding: 'utf-8',
      absolute_expiry_time: new Date(1_700_000_000_000),
      message_annotations: { 'iothub-interface-id': 'if', 'iothub-connection-device-id': 'forged' },
      application_properties: { colour: 'red', count: 3, 'iothub-connection-device-id': 'forged', 'message-id': 'x' },
      body: data(Buffer.from('{}')),
    });
    expect(sent.outcome).toBe('accepted');
    const [record] = edge.test.ingress.records;
    expect(record).toMatchObject({ key: 'd1', value: Buffer.from('{}') });
    expect({ ...record?.headers }).toMatchObject({
      'iothub-connection-device-id': 'd1',
      'iothub-message-source': 'Telemetry',
      'dt-dataschema': 'dtmi:a;1',
      'message-id': 'm 1',
      'correlation-id': '00112233-4455-6677-8899-aabbccddeeff',
      'user-id': 'user',
      'content-type': 'application/json',
      'content-encoding': 'utf-8',
      'absolute-expiry-time': '2023-11-14T22:13:20.000Z',
      'iothub-interface-id': 'if',
      colour: 'red',
      count: '3',
      'property:iothub-connection-device-id': 'forged',
      'property:message-id': 'x',
    });
  });

  it('may be empty, in several sections, or a text', async () => {
    const link = await openSender(await connected(), `amqps://h${EVENTS}`);
    await send(link, { body: data(Buffer.alloc(0)) });
    await send(link, { body: sections([Buffer.from('a'), Buffer.from('b')]) });
    await send(link, { body: 'text' });
    expect(edge.test.ingress.records.map(({ value }) => value.toString())).toEqual(['', 'ab', 'text']);
  });

  it('is accepted when it is durable, and not before', async () => {
    edge.test.ingress.automatic = false;
    const link = await openSender(await connected(), EVENTS);
    const accepted: number[] = [];
    const all = [1, 2, 3].map((n) => send(link, { body: String(n) }).then(() => accepted.push(n)));
    await until(() => edge.test.ingress.records.length === 3);
    edge.test.ingress.acknowledge(2);
    await Promise.all(all.slice(0, 2));
    expect(accepted).toEqual([1, 2]);
    edge.test.ingress.acknowledge();
    await Promise.all(all);
    expect(await edge.test.metric('mooring_edge_in_flight_messages')).toContain(' 0');
  });

  it('takes a batch whole, or not at all', async () => {
    const link = await openSender(await connected(), EVENTS);
    const encoded = ['a', 'b'].map((body) => rhea.message.encode({ body: data(Buffer.from(body)) } as never));
    const batch = rhea.message.encode({ body: sections(encoded) } as never);
    expect((await send(link, batch, 0x80013700)).outcome).toBe('accepted');
    expect(edge.test.ingress.records.map(({ value }) => value.toString())).toEqual(['a', 'b']);
    const broken = rhea.message.encode({ body: sections([encoded[0], Buffer.from('no message')]) } as never);
    const refused = await send(link, broken, 0x80013700);
    expect([refused.outcome, refused.error?.condition]).toEqual(['rejected', 'com.microsoft:argument-error']);
    expect((await send(link, batch, 1)).outcome).toBe('rejected');
    expect(edge.test.ingress.records).toHaveLength(2);
  });

  it('waits while the log has no room, and goes on in order', async () => {
    const { ingress } = edge.test;
    ingress.automatic = false;
    ingress.capacity = 2;
    const link = await openSender(await connected(), EVENTS);
    const all = [1, 2, 3, 4].map((n) => send(link, { body: String(n) }));
    await until(() => ingress.records.length === 2);
    await until(async () => {
      ingress.acknowledge();
      return ingress.records.length === 4;
    });
    ingress.acknowledge();
    await Promise.all(all);
    expect(ingress.records.map(({ value }) => value.toString())).toEqual(['1', '2', '3', '4']);
  });

  it('that cannot be stored ends the links of its device, and of nobody else', async () => {
    const connection = await connected();
    await putToken(connection, 'h/devices/d2', edge.token({ name: 'd2' }));
    const link = await openSender(connection, EVENTS, { session: openSession(connection) });
    const other = await openSender(connection, '/devices/d2/messages/events', { session: openSession(connection) });
    edge.test.ingress.automatic = false;
    const closed = new Promise((resolve) => link.once('sender_error', () => resolve(link.error)));
    void send(link, { body: 'lost' });
    await until(() => edge.test.ingress.records.length === 1);
    edge.test.ingress.fail();
    expect(await closed).toMatchObject({
      condition: 'amqp:internal-error',
      info: { 'com.microsoft:error-code': 503001 },
    });
    edge.test.ingress.automatic = true;
    expect((await send(other, { body: 'kept' })).outcome).toBe('accepted');
  });
});
