import { once } from 'node:events';
import type { HubAccess } from '@mooring/test-parts';
import rhea, {
  type Connection,
  type Delivery,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
} from 'rhea';

/** What became of a message, or of a link. */
export interface AmqpOutcome {
  readonly outcome: 'accepted' | 'rejected' | 'detached';
  readonly condition?: string | undefined;
  /** `com.microsoft:error-code` */
  readonly code?: number | undefined;
}

interface Problem {
  readonly condition: string;
  readonly info?: Readonly<Record<string, unknown>>;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

const ANONYMOUS: Login = { username: 'anonymous', password: '' };

/** Who talks to a hub's service front as it likes. */
export class AmqpBackEnd {
  /** Rejects when the connection ends. */
  private readonly lost: Promise<never>;

  private constructor(private readonly connection: Connection) {
    this.lost = once(connection, 'disconnected').then(() => Promise.reject(new Error('the connection was lost')));
    this.lost.catch(() => undefined);
  }

  /** @throws what the hub refused the connection with */
  static async connect(hub: HubAccess, login: Partial<Login> = {}): Promise<AmqpBackEnd> {
    const container = rhea.create_container();
    const { host, ca } = hub;
    const { username, password } = { ...ANONYMOUS, ...login };
    const connection = container.connect({
      transport: 'tls',
      host,
      port: 5671,
      ca: [ca],
      username,
      ...(password === '' ? {} : { password }),
      reconnect: false,
    } as Parameters<typeof container.connect>[0]);
    await Promise.race([
      once(connection, 'connection_open'),
      once(connection, 'connection_error').then(([{ error }]) => Promise.reject(error)),
      once(connection, 'disconnected').then(([{ error }]) => Promise.reject(error ?? new Error('disconnected'))),
    ]);
    return new AmqpBackEnd(connection);
  }

  /** Sends one message on a link of its own. @param format other than 0: the payload is sent as it is */
  async send(address: string, message: object | Buffer, format = 0): Promise<AmqpOutcome> {
    const link = this.connection.open_sender({ target: { address } });
    const refused = refusal(link);
    const opened = await Promise.race([once(link, 'sendable'), refused]);
    if (!Array.isArray(opened)) {
      return opened;
    }
    if (format === 0) {
      link.send(message as Message);
    } else {
      const sendRaw = link.send.bind(link) as (payload: unknown, tag: undefined, format: number) => Delivery;
      sendRaw(message, undefined, format);
    }
    const decided = (['accepted', 'rejected', 'released', 'modified'] as const).map((outcome) =>
      once(link, outcome).then(([context]: EventContext[]) => ({
        outcome,
        ...problemOf(context?.delivery?.remote_state),
      })),
    );
    const result = (await Promise.race([...decided, refused, this.lost])) as AmqpOutcome;
    link.close();
    return result;
  }

  /** Asks for a link. @returns why it is refused */
  refused(address: string, role: 'sender' | 'receiver'): Promise<AmqpOutcome> {
    return refusal(
      role === 'sender'
        ? this.connection.open_sender({ target: { address } })
        : this.connection.open_receiver({ source: { address } }),
    );
  }

  /** @returns the status code of the answer */
  async putToken(audience: string, token: string): Promise<number> {
    const [sender, receiver] = [this.connection.open_sender('$cbs'), this.connection.open_receiver('$cbs')];
    await Promise.all([once(sender, 'sendable'), once(receiver, 'receiver_open')]);
    sender.send({
      message_id: 'put',
      to: '$cbs',
      reply_to: 'cbs',
      application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: audience },
      body: token,
    });
    const [{ message }] = (await once(receiver, 'message')) as [{ message?: Message }];
    return Number(message?.application_properties?.['status-code']);
  }

  close(): void {
    this.connection.close();
  }
}

function refusal(link: Sender | Receiver): Promise<AmqpOutcome> {
  const event = link.is_sender() ? 'sender_error' : 'receiver_error';
  return once(link, event).then(() => ({ outcome: 'detached', ...problemOf({ error: link.error }) }));
}

function problemOf(state: unknown): Omit<AmqpOutcome, 'outcome'> {
  const { error } = (state ?? {}) as { error?: Problem };
  return error === undefined
    ? {}
    : { condition: String(error.condition), code: Number(error.info?.['com.microsoft:error-code']) };
}
