import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { edge as contract } from '@mooring/proto';
import rhea, { type Connection, type EventContext, type Message, type Sender, type Typed } from 'rhea';
import { FakeTwins } from '../../fake-twins.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { openReceiver, openSender, putToken, send } from '../spec-support/amqp-client.js';
import { AmqpEdge } from '../spec-support/amqp-edge.js';

const TWIN = '/devices/d1/twin';
const properties = { 'com.microsoft:channel-correlation-id': 'twin:1' };

let edge: AmqpEdge;
let twins: FakeTwins;
let connection: Connection;
let sender: Sender;
let received: Message[];
beforeEach(async () => {
  twins = new FakeTwins();
  twins.put('d1');
  edge = await AmqpEdge.start({ more: { twinService: twins } });
  connection = edge.connect();
  await putToken(connection, 'd1', edge.token());
  received = [];
  const others = await openReceiver(connection, TWIN, { name: 'other' });
  const link = await openReceiver(connection, TWIN, { name: 'own', properties });
  sender = await openSender(connection, TWIN, { properties });
  link.on('message', ({ message }: EventContext) => message !== undefined && received.push(message));
  others.on('message', () => received.push({ body: 'not for this link' }));
});
afterEach(() => edge.stop());

function request(
  operation: string,
  more: { resource?: string; id?: string | Typed; body?: string; version?: number } = {},
) {
  const { resource, id = 'id', body = ' ', version } = more;
  return send(sender, {
    correlation_id: id,
    message_annotations: { operation, resource: resource ?? null, version: version ?? null },
    body: rhea.message.data_section(Buffer.from(body)),
  });
}

async function answered(count = 1) {
  await until(() => received.length >= count);
  return received.splice(0).map((message) => ({
    id: message.correlation_id,
    annotations: message.message_annotations,
    body: (message.body as { content: Buffer }).content.toString(),
  }));
}

const DESIRED = '/notifications/twin/properties/desired';

function push(version: number) {
  return edge.test.edge.delivery.pushDesired(
    contract.PushDesiredRequest.fromPartial({
      pushes: [
        {
          key: { deviceId: 'd1', moduleId: '' },
          generationId: '638000000000000000',
          version,
          json: Buffer.from(`{"$version":${version}}`),
        },
      ],
    }),
  );
}

describe('twins over AMQP', () => {
  it('are read, the answer over the link of the same channel with the id as it was', async () => {
    expect((await request('GET', { id: 'get-1' })).outcome).toBe('accepted');
    const body = '{"desired":{"$version":1},"reported":{"$version":1}}';
    expect(await answered()).toEqual([{ id: 'get-1', annotations: { status: 200 }, body }]);
    const uuid = Buffer.from('00112233445546778899aabbccddeeff', 'hex');
    await request('GET', { id: rhea.types.wrap_uuid(uuid) });
    expect(await answered()).toMatchObject([{ id: uuid }]);
  });

  it('are patched', async () => {
    await request('PATCH', { resource: '/properties/reported', body: '{"a":1}' });
    expect(await answered()).toEqual([{ id: 'id', annotations: { status: 204, version: 2 }, body: '' }]);
    expect(twins.twins.get('d1')?.reported).toEqual({ a: 1 });
    await request('PATCH', { resource: '/properties/reported', body: '{"a":2}', version: 7 });
    expect(await answered()).toMatchObject([{ annotations: { status: 412 } }]);
  });

  it('show the model that a link names', async () => {
    await openSender(connection, '/devices/d1/messages/events', {
      properties: { 'com.microsoft:model-id': 'dtmi:a;1' },
    });
    await until(() => {
      edge.test.clock.advance(200);
      return twins.twins.get('d1')?.modelId === 'dtmi:a;1';
    });
  });

  it('show the model though it could not be stored at first, and a token was put anew meanwhile', async () => {
    twins.failure = new HubError('ServiceUnavailable', 'away');
    await openSender(connection, '/devices/d1/messages/events', {
      properties: { 'com.microsoft:model-id': 'dtmi:a;1' },
    });
    await until(() => {
      edge.test.clock.advance(200);
      return twins.modelCalls.length === 1;
    });
    await putToken(connection, 'd1', edge.token({ seconds: 1_200 }));
    twins.failure = undefined;
    await until(() => {
      edge.test.clock.advance(200);
      return twins.twins.get('d1')?.modelId === 'dtmi:a;1';
    });
  });

  it('answer what is no operation of theirs, and what fails', async () => {
    await request('PATCH', { resource: '/properties/desired', body: '{}' });
    await request('PATCH', { resource: '/properties/reported', body: 'no json' });
    expect(await answered(2)).toMatchObject([{ annotations: { status: 400 } }, { annotations: { status: 400 } }]);
  });

  it('tell of desired properties from the subscription until its end', async () => {
    expect((await push(2)).deliveries).toEqual([contract.Delivery.NOT_SUBSCRIBED]);
    await request('PUT', { resource: DESIRED });
    expect(await answered()).toMatchObject([{ annotations: { status: 200 } }]);
    expect((await push(3)).deliveries).toEqual([contract.Delivery.DELIVERED]);
    expect(await answered()).toEqual([
      { id: undefined, annotations: { resource: '/properties/desired', version: 3 }, body: '{"$version":3}' },
    ]);
    await request('DELETE', { resource: DESIRED });
    await answered();
    expect((await push(4)).deliveries).toEqual([contract.Delivery.NOT_SUBSCRIBED]);
  });
});
