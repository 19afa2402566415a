import type { AmqpError, Connection, Delivery, EventContext, Message, Receiver, Sender } from 'rhea';

/** What became of a message. */
export interface Sent {
  readonly outcome: 'accepted' | 'rejected' | 'released' | 'modified';
  readonly error: AmqpError | undefined;
}

const OUTCOMES = ['accepted', 'rejected', 'released', 'modified'] as const;

/** Resolves with an event's context. */
export function once(emitter: NodeJS.EventEmitter, event: string): Promise<EventContext> {
  return new Promise((resolve) => emitter.once(event, resolve));
}

/** Waits until something holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The client's side of `$cbs`. */
export class Cbs {
  private requests = 0;

  private constructor(
    private readonly sender: Sender,
    private readonly receiver: Receiver,
  ) {}

  static async open(connection: Connection): Promise<Cbs> {
    const sender = connection.open_sender('$cbs');
    const receiver = connection.open_receiver('$cbs');
    await Promise.all([once(sender, 'sendable'), once(receiver, 'receiver_open')]);
    return new Cbs(sender, receiver);
  }

  /** @returns status code and description */
  async put(audience: string, token: string, more: { type?: unknown; id?: unknown } = {}): Promise<[number, string]> {
    const replied = once(this.receiver, 'message');
    this.requests++;
    this.sender.send({
      message_id: more.id ?? `id-${this.requests}`,
      to: '$cbs',
      reply_to: 'cbs',
      application_properties: {
        operation: 'put-token',
        type: more.type ?? 'servicebus.windows.net:sastoken',
        name: audience,
      },
      body: token,
    } as unknown as Message);
    const { application_properties: status } = (await replied).message as Message;
    return [status?.['status-code'], status?.['status-description']];
  }
}

/** A link on which a back end sends to devices. */
export class DeviceBoundSender {
  private readonly waiting = new Map<Delivery, (sent: Sent) => void>();

  private constructor(readonly link: Sender) {
    for (const outcome of OUTCOMES) {
      link.on(outcome, ({ delivery }: EventContext) => {
        const decided = delivery === undefined ? undefined : this.waiting.get(delivery);
        decided?.({ outcome, error: errorOf(delivery?.remote_state) });
      });
    }
  }

  static async open(connection: Connection, address = '/messages/devicebound'): Promise<DeviceBoundSender> {
    const link = connection.open_sender({ target: { address } });
    const sender = new DeviceBoundSender(link);
    await once(link, 'sendable');
    return sender;
  }

  send(message: Record<string, unknown>): Promise<Sent> {
    return this.decided(this.link.send({ body: null, ...message } as unknown as Message));
  }

  /** Sends bytes as they are. */
  sendRaw(payload: Buffer, format = 0): Promise<Sent> {
    const raw = this.link as unknown as { send(payload: Buffer, tag: undefined, format: number): Delivery };
    return this.decided(raw.send(payload, undefined, format));
  }

  private decided(delivery: Delivery): Promise<Sent> {
    return new Promise((resolve) => this.waiting.set(delivery, resolve));
  }
}

function errorOf(state: unknown): AmqpError | undefined {
  return typeof state === 'object' && state !== null && 'error' in state ? (state.error as AmqpError) : undefined;
}

/** Opens a link that is refused. @returns why */
export async function refusal(link: Receiver | Sender): Promise<AmqpError | undefined> {
  await once(link, link.is_sender() ? 'sender_error' : 'receiver_error');
  return link.error as AmqpError | undefined;
}
