import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { edge as contract } from '@mooring/proto';
import rhea, { type Connection, type EventContext, type Message } from 'rhea';
import { until } from '../../test-edge.spec-support.js';
import { openReceiver, openSender, putToken, send } from '../spec-support/amqp-client.js';
import { AmqpEdge } from '../spec-support/amqp-edge.js';

const METHODS = '/devices/d1/methods/devicebound';

let edge: AmqpEdge;
let connection: Connection;
beforeEach(async () => {
  edge = await AmqpEdge.start();
  connection = edge.connect();
  await putToken(connection, 'd1', edge.token());
});
afterEach(() => edge.stop());

function invoke(callId: string, payload = '{"a":1}') {
  return edge.test.edge.delivery.invokeMethod(
    contract.InvokeMethodRequest.fromPartial({
      key: { deviceId: 'd1', moduleId: '' },
      callId,
      methodName: 're/boot +',
      payload: Buffer.from(payload),
      responseTimeoutMs: 30_000,
    }),
  );
}

describe('methods over AMQP', () => {
  it('are called while the link has credit, and answered', async () => {
    const link = await openReceiver(connection, METHODS, { credit_window: 0 });
    expect((await invoke('early')).delivery).toBe(contract.Delivery.NOT_SUBSCRIBED);
    const calls: Message[] = [];
    link.on('message', ({ message }: EventContext) => message !== undefined && calls.push(message));
    link.add_credit(10);
    await until(async () => {
      void invoke('probe').catch(() => undefined);
      return calls.length > 0;
    });
    calls.length = 0;
    const answer = invoke('call');
    await until(() => calls.length > 0);
    const call = calls.at(-1);
    expect(call?.application_properties).toEqual({ 'IoThub-methodname': 're/boot +' });
    expect(call?.body).toMatchObject({ content: Buffer.from('{"a":1}') });
    const correlationId = call?.correlation_id as unknown as Buffer;
    expect(correlationId).toHaveLength(16);
    expect([(correlationId[6] ?? 0) >> 4, (correlationId[8] ?? 0) >> 6]).toEqual([4, 2]);
    const sender = await openSender(connection, METHODS);
    const sent = await send(sender, {
      correlation_id: rhea.types.wrap_uuid(correlationId),
      application_properties: { 'IoThub-status': rhea.types.wrap_int(201) },
      body: rhea.message.data_section(Buffer.from('"done"')),
    });
    expect(sent.outcome).toBe('accepted');
    expect(await answer).toMatchObject({ delivery: contract.Delivery.DELIVERED, status: 201 });
    expect((await answer).payload.toString()).toBe('"done"');
  });

  it('are answered by their id as text too; what is no answer is refused, what nobody waits for is not', async () => {
    const link = await openReceiver(connection, METHODS);
    const called = new Promise<Message>((resolve) =>
      link.once('message', ({ message }) => resolve(message as Message)),
    );
    let answer: ReturnType<typeof invoke> | undefined;
    await until(async () => {
      answer = invoke('text');
      return (await Promise.race([answer, called.then(() => undefined)])) === undefined;
    });
    const digits = ((await called).correlation_id as unknown as Buffer).toString('hex');
    const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const sender = await openSender(connection, METHODS);
    expect((await send(sender, { correlation_id: id })).outcome).toBe('rejected');
    const status = { 'IoThub-status': 200 };
    expect((await send(sender, { correlation_id: 'x', application_properties: status })).outcome).toBe('accepted');
    await send(sender, { correlation_id: id, application_properties: status });
    expect(await answer).toMatchObject({ status: 200 });
  });
});
