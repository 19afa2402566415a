import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { createLogger, createMetrics } from '@mooring/observability';
import type { Operation } from '@mooring/operations';
import { DailyQuota } from '@mooring/throttling';
import { openSender, putToken, send } from '../amqp/spec-support/amqp-client.js';
import { AmqpEdge } from '../amqp/spec-support/amqp-edge.js';
import { faultProperties } from '../fault-injection/faults.spec-support.js';
import { errorOf, HttpEdge } from '../http/http-edge.spec-support.js';
import { TELEMETRY, TestEdge } from '../test-edge.spec-support.js';

const EVENTS = '/devices/d1/messages/events';

let stop: () => Promise<void>;
const operations: Operation[] = [];
afterEach(() => stop());

/** What an edge is given: a quota of so many messages, and somebody who hears of operations. */
function limited(limit: number) {
  operations.length = 0;
  const clock = new ManualClock(Date.UTC(2026, 0, 1, 23, 59, 59));
  const logger = createLogger('test', 'silent');
  const parts = { process: 'p', incarnation: 'i', clock, logger, metrics: createMetrics() };
  const recorder = { record: (operation: Operation) => void operations.push(operation) };
  const quota = DailyQuota.open({ limit, ...parts });
  const nextDay = async () => {
    await quota?.start({ reportUsage: async () => ({ totalMessages: 0 }) });
    clock.advance(1_000);
  };
  return { more: { quota, operations: recorder }, nextDay };
}

describe('telemetry beyond the daily quota', () => {
  it('closes the connection over MQTT', async () => {
    const edge = await TestEdge.start({ more: limited(3).more });
    stop = () => edge.stop();
    const client = await edge.connected();
    client.publish(TELEMETRY, 'one', 1);
    client.publish(TELEMETRY, 'x'.repeat(4_097), 2);
    expect(await client.acknowledgements(2)).toEqual([1, 2]);
    client.publish(TELEMETRY, 'too many', 3);
    await client.closing();
    expect(edge.ingress.records).toHaveLength(2);
    expect(operations.at(-1)).toMatchObject({ operationName: 'deviceDisconnect', resultType: '403002' });
  });

  it('is rejected over AMQP, and the link stays', async () => {
    const edge = await AmqpEdge.start({ more: limited(1).more });
    stop = () => edge.stop();
    const connection = edge.connect();
    await putToken(connection, 'h/devices/d1', edge.token());
    const link = await openSender(connection, EVENTS);
    expect((await send(link, {})).outcome).toBe('accepted');
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await send(link, {})).toMatchObject({
        outcome: 'rejected',
        error: { condition: 'amqp:resource-limit-exceeded', info: { 'com.microsoft:error-code': 403002 } },
      });
    }
    expect(edge.test.ingress.records).toHaveLength(1);
    expect(operations.at(-1)).toMatchObject({ category: 'DeviceTelemetry', resultType: '403002' });
  });

  it('leaves nothing behind of a fault that it asked for over AMQP', async () => {
    const { more, nextDay } = limited(2);
    const edge = await AmqpEdge.start({ more, settings: { faultInjection: true } });
    stop = () => edge.stop();
    const connection = edge.connect();
    await putToken(connection, 'h/devices/d1', edge.token());
    const link = await openSender(connection, EVENTS);
    const asking = { application_properties: faultProperties({ type: 'InvokeThrottling', duration: 60 }) };
    const outcomes: string[] = [];
    for (const message of [{}, {}, asking]) {
      outcomes.push((await send(link, message)).outcome);
    }
    await nextDay();
    for (const message of [{}, {}]) {
      outcomes.push((await send(link, message)).outcome);
    }
    expect(outcomes).toEqual(['accepted', 'accepted', 'rejected', 'accepted', 'accepted']);
  });

  it('is answered with 403 over HTTPS, each message of a batch counted', async () => {
    const edge = await HttpEdge.start({ more: limited(4).more });
    stop = () => edge.stop();
    const headers = { 'content-type': 'application/vnd.microsoft.iothub.json' };
    const body = JSON.stringify([{ body: '' }, { body: '' }, { body: '' }]);
    expect((await edge.send(EVENTS, { headers, body })).status).toBe(204);
    expect((await edge.send(EVENTS)).status).toBe(204);
    expect(errorOf(await edge.send(EVENTS))).toEqual([403, 'IotHubQuotaExceeded']);
    expect(edge.test.ingress.records).toHaveLength(4);
    expect(operations.at(-1)).toMatchObject({ category: 'DeviceTelemetry', resultType: '403002' });
  });
});
