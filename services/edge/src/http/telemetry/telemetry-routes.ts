import type { LogRecord } from '@mooring/event-log';
import { meteredMessages } from '@mooring/throttling';
import type { FastifyInstance } from 'fastify';
import type { Admission } from '../../device-session/live/live-connection.js';
import { TelemetryStamps } from '../../telemetry/telemetry-stamps.js';
import { deviceRequest } from '../request/device-request.js';
import type { HttpContext } from '../request/http-context.js';
import { appendDurably } from './durable-append.js';
import { isBatch, readBatch } from './message-batch.js';
import { checkSize, messageOf, type TelemetryMessage } from './telemetry-message.js';

const PATHS = ['/devices/:deviceId/messages/events', '/devices/:deviceId/modules/:moduleId/messages/events'];

/** Telemetry: one message, or a batch of them. Answered when all are durable. */
export function telemetryRoutes(server: FastifyInstance, context: HttpContext): void {
  for (const path of PATHS) {
    server.post(path, { config: { operation: 'telemetry' } }, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const messages = isBatch(request.headers['content-type'])
        ? readBatch(body)
        : [messageOf(request.raw.rawHeaders, body)];
      checkSize(messages, context.maxMessageBytes);
      const { admission: admitted, identity } = deviceRequest(request);
      await context.throttles?.telemetry.admit(identity.name, messages.length);
      const admission = await admitted.current();
      context.quota?.admit(messages.reduce((sum, { body: { length } }) => sum + meteredMessages(length), 0));
      context.faults?.check(identity);
      await publish(messages, admission, context);
      context.faults?.armWhenAnswered(request, reply, { identity, messages });
      return reply.code(204).send();
    });
  }
}

async function publish(
  messages: readonly TelemetryMessage[],
  admission: Admission,
  { ingress, metrics, tracing, clock }: HttpContext,
): Promise<void> {
  const { identity } = admission;
  const stamps = new TelemetryStamps(admission, undefined);
  const spans: ReturnType<NonNullable<typeof tracing>['begin']>[] = [];
  const records = messages.map(({ properties, body }): LogRecord => {
    const headers = Object.assign(stamps.headers(clock.now()), properties);
    spans.push(tracing?.begin(headers, { identity, protocol: 'http', bytes: body.length }));
    metrics.messageBytes += body.length;
    return { key: identity.deviceId, headers, value: body };
  });
  metrics.messages += records.length;
  metrics.inFlight += records.length;
  try {
    await appendDurably(ingress, records);
    metrics.acknowledgements += records.length;
    for (const span of spans) {
      span?.end();
    }
  } catch (error) {
    for (const span of spans) {
      if (span !== undefined) {
        tracing?.fail(span, error);
      }
    }
    throw error;
  } finally {
    metrics.inFlight -= records.length;
  }
}
