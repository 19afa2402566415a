import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Operation } from '@mooring/operations';
import { openSender, putToken, type Sent, send } from '../amqp/spec-support/amqp-client.js';
import { AmqpEdge } from '../amqp/spec-support/amqp-edge.js';
import { until } from '../test-edge.spec-support.js';

const EVENTS = '/devices/d1/messages/events';

let edge: AmqpEdge;
const operations: Operation[] = [];
beforeEach(async () => {
  operations.length = 0;
  edge = await AmqpEdge.start({
    throttling: { THROTTLE_D2C_SENDS_PER_SECOND: '2', THROTTLE_BACKLOG_SECONDS: '5' },
    more: { operations: { record: (operation) => void operations.push(operation) } },
  });
});
afterEach(() => edge.stop());

async function sender() {
  const connection = edge.connect();
  await putToken(connection, 'h/devices/d1', edge.token());
  return openSender(connection, EVENTS);
}

describe('telemetry over AMQP beyond the limit', () => {
  it('is accepted later, in its order, and then rejected as throttled', async () => {
    const link = await sender();
    const sent: Sent[] = [];
    for (let index = 0; index < 20; index++) {
      void send(link, { message_id: String(index) }).then((outcome) => sent.push(outcome));
    }
    await until(() => sent.length >= 2);
    expect(edge.test.ingress.records).toHaveLength(2);
    await edge.test.pass(2);
    await until(() => sent.length > 2);
    expect(sent.map(({ outcome }) => outcome)).not.toContain('rejected');
    await edge.test.pass(5);
    await until(() => sent.length === 20);
    const accepted = sent.filter(({ outcome }) => outcome === 'accepted').length;
    const ids = edge.test.ingress.records.map(({ headers }) => headers['message-id']);
    expect(ids).toEqual(Array.from({ length: accepted }, (_, index) => String(index)));
    expect(accepted).toBeLessThanOrEqual(2 + 2 * 6);
    expect(sent.find(({ outcome }) => outcome === 'rejected')).toMatchObject({
      outcome: 'rejected',
      error: { condition: 'com.microsoft:device-container-throttled', info: { 'com.microsoft:error-code': 429001 } },
    });
    const refused = { category: 'DeviceTelemetry', operationName: 'ingress', deviceId: 'd1', resultType: '429001' };
    expect(operations.filter(({ category }) => category === 'DeviceTelemetry')[0]).toMatchObject(refused);
    await edge.test.pass(2);
    expect((await send(link, { message_id: 'again' })).outcome).toBe('accepted');
  });

  it('is given back when its link ends', async () => {
    const link = await sender();
    const sent: Sent[] = [];
    for (let index = 0; index < 5; index++) {
      void send(link, { message_id: String(index) }).then((outcome) => sent.push(outcome));
    }
    await until(() => sent.length >= 2);
    link.connection.close();
    await until(() => edge.test.edge.amqp.size === 0);
    await edge.test.pass(5);
    expect(edge.test.ingress.records).toHaveLength(2);
  });
});
