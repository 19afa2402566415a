import { REQUEST_ID_HEADER } from '@mooring/errors';
import { lockTokenFromText } from '@mooring/messages';
import { c2dqueue } from '@mooring/proto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from '../../device-session/live/live-connection.js';
import type { MessageFlowOptions } from '../../messages/message-flow.js';
import { deviceRequest } from '../request/device-request.js';
import { deviceBoundHeaders } from './device-bound-headers.js';
import { lockTimeoutMs, queryValue } from './lock-timeout.js';

const PATHS = ['/devices/:deviceId/messages/devicebound', '/devices/:deviceId/modules/:moduleId/messages/devicebound'];

type Messages = Pick<MessageFlowOptions, 'queues' | 'events'>;

/** Cloud-to-device messages: one at a time, locked for a while, settled by the token of the lock. */
export function messageRoutes(server: FastifyInstance, messages: Messages): void {
  for (const path of PATHS) {
    server.get(path, { config: { operation: 'receive' } }, (request, reply) => receive(request, reply, messages));
    server.delete(`${path}/:lock`, { config: { operation: 'settle' } }, (request, reply) => {
      const isRejected = queryValue(request.query, 'reject') !== undefined;
      const outcome = isRejected ? c2dqueue.Outcome.REJECT : c2dqueue.Outcome.COMPLETE;
      return settle(request, reply, { messages, outcome });
    });
    server.post(`${path}/:lock/abandon`, { config: { operation: 'settle' } }, (request, reply) =>
      settle(request, reply, { messages, outcome: c2dqueue.Outcome.ABANDON }),
    );
  }
}

async function receive(request: FastifyRequest, reply: FastifyReply, { queues, events }: Messages): Promise<unknown> {
  const lockMs = lockTimeoutMs(request);
  const admission = await deviceRequest(request).admission.current();
  const receiver = receiverOf(admission);
  for (;;) {
    const received = await queues.receive({ receiver, maxMessages: 1, lockMs, held: undefined });
    const [first] = received.messages;
    const message = first?.message;
    if (first === undefined || message === undefined) {
      return reply.code(204).send();
    }
    const headers = deviceBoundHeaders(admission.identity, { ...first, message });
    if (headers !== undefined) {
      events.delivered();
      return answer(request, reply, { headers, body: message.body });
    }
    events.undeliverable(admission, 'its properties cannot be headers');
    await queues.settle({ receiver, lockToken: first.lockToken, outcome: c2dqueue.Outcome.REJECT });
  }
}

/** Written as it is: the framework would not keep the case of names. */
function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { headers, body }: { readonly headers: readonly string[]; readonly body: Buffer },
): FastifyReply {
  const common = [REQUEST_ID_HEADER, request.id, 'Content-Type', 'application/octet-stream'];
  reply.hijack();
  reply.raw.writeHead(200, [...common, 'Content-Length', String(body.length), ...headers]);
  reply.raw.end(body);
  return reply;
}

async function settle(
  request: FastifyRequest,
  reply: FastifyReply,
  { messages, outcome }: { readonly messages: Messages; readonly outcome: c2dqueue.Outcome },
): Promise<FastifyReply> {
  const lockToken = lockTokenFromText(String(new Map(Object.entries(Object(request.params))).get('lock')));
  const admission = await deviceRequest(request).admission.current();
  await messages.queues.settle({ receiver: receiverOf(admission), lockToken, outcome });
  messages.events.settled(outcome);
  return reply.code(204).send();
}

function receiverOf({ identity: { deviceId, moduleId }, generationId, epoch }: Admission): c2dqueue.Receiver {
  return { key: { deviceId, moduleId }, generationId, epoch };
}
