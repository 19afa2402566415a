import {
  type AmqpError,
  type Connection,
  type Delivery,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
  type Session,
} from 'rhea';

/** Resolves with an event's context. */
export function once(emitter: NodeJS.EventEmitter, event: string): Promise<EventContext> {
  return new Promise((resolve) => emitter.once(event, resolve));
}

/** Puts a token. @returns status code and description */
export async function putToken(connection: Connection, audience: string, token: string): Promise<[number, string]> {
  const sender = connection.open_sender('$cbs');
  const receiver = connection.open_receiver('$cbs');
  await Promise.all([once(sender, 'sendable'), once(receiver, 'receiver_open')]);
  const replied = once(receiver, 'message');
  sender.send({
    message_id: 'id',
    to: '$cbs',
    reply_to: 'cbs',
    application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: audience },
    body: token,
  });
  const { application_properties: status } = (await replied).message as Message;
  const closed = Promise.all([once(sender, 'sender_close'), once(receiver, 'receiver_close')]);
  sender.close();
  receiver.close();
  await closed;
  return [status?.['status-code'], status?.['status-description']];
}

export interface LinkOptions {
  readonly session?: Session;
  /** Of the link, by name. */
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly [more: string]: unknown;
}

/** Opens a link to send on; resolves when it may be, rejects with the error of a refusal. */
export function openSender(connection: Connection, address: string, options: LinkOptions = {}): Promise<Sender> {
  const { session = connection, ...more } = options;
  const link = (session as Session).open_sender({ target: { address }, ...more } as never);
  return new Promise((resolve, reject) => {
    link.once('sendable', () => resolve(link));
    link.once('sender_error', () => reject(link.error));
  });
}

/** Opens a link to receive on. */
export function openReceiver(connection: Connection, address: string, options: LinkOptions = {}): Promise<Receiver> {
  const { session = connection, ...more } = options;
  const link = (session as Session).open_receiver({ source: { address }, ...more } as never);
  return new Promise((resolve, reject) => {
    link.once('receiver_open', () => link.error === undefined && resolve(link));
    link.once('receiver_error', () => reject(link.error));
  });
}

/** Opens a session of its own. */
export function openSession(connection: Connection): Session {
  const session = connection.create_session();
  session.open();
  return session;
}

/** What became of a message. */
export interface Sent {
  readonly outcome: string;
  readonly error: AmqpError | undefined;
}

const OUTCOMES = ['accepted', 'rejected', 'released', 'modified'] as const;

/** Sends a message, or bytes as they are; resolves when it is settled. */
export function send(link: Sender, message: Record<string, unknown> | Buffer, format = 0): Promise<Sent> {
  const raw = link as unknown as { send(message: unknown, tag?: undefined, format?: number): Delivery };
  const sent = Buffer.isBuffer(message) ? raw.send(message, undefined, format) : raw.send({ body: null, ...message });
  return new Promise((resolve) => {
    for (const outcome of OUTCOMES) {
      link.on(outcome, ({ delivery }: EventContext) => {
        if (delivery === sent) {
          const state = delivery.remote_state as { error?: AmqpError } | undefined;
          resolve({ outcome, error: state?.error });
        }
      });
    }
  });
}

/** Resolves with the error that the hub detaches a link with. */
export function ended(link: Sender | Receiver): Promise<unknown> {
  return new Promise((resolve) => {
    link.once(link.is_sender() ? 'sender_error' : 'receiver_error', () => resolve(link.error));
  });
}
