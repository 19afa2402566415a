import rhea from 'rhea';
import { decodeValue, type Typed } from '../engine/typed-values.js';
import { checkMessage, messageId } from '../guard/message-structure.js';

/** A request to a node such as `$cbs`, decoded. */
export interface RequestMessage {
  /** Its message-id with its AMQP type: what the reply's correlation-id must be. */
  readonly id: Typed | undefined;
  /** Where it wants its reply; empty if it does not say. */
  readonly replyTo: string;
  readonly properties: ReadonlyMap<string, unknown>;
  /** The value of an AmqpValue or Data body. */
  readonly body: unknown;
}

/** @throws ProtocolViolation if the message is malformed */
export function readRequest(payload: Buffer): RequestMessage {
  const section = checkMessage(payload);
  const id = section === undefined ? undefined : messageId(section);
  const message = rhea.message.decode(payload);
  const properties = message['application_properties'] as Record<string, unknown> | undefined;
  return {
    id: id === undefined ? undefined : decodeValue(id),
    replyTo: typeof message['reply_to'] === 'string' ? message['reply_to'] : '',
    properties: new Map(Object.entries(properties ?? {})),
    body: bodyOf(message['body']),
  };
}

function bodyOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'typecode' in body && 'content' in body ? body.content : body;
}

export interface Reply {
  readonly status: number;
  readonly description: string;
  /** For the body, an AmqpValue; absent: null. Typed values keep their type. */
  readonly body?: unknown;
}

/** Encodes the reply to a request: the status under the names that each client looks for. */
export function encodeReply(id: Typed | undefined, { status, description, body }: Reply): Buffer {
  return rhea.message.encode({
    ...(id === undefined ? {} : { correlation_id: id }),
    application_properties: {
      'status-code': rhea.types.wrap_int(status),
      'status-description': description,
    },
    body: body ?? null,
  });
}
