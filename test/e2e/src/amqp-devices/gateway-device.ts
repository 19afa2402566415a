import { once } from 'node:events';
import rhea, {
  type AmqpError,
  type Delivery,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
  type Session,
} from 'rhea';

/** Names that .NET's client gives the links of every device. */
const NAMES = {
  telemetry: 'TelemetrySenderLink',
  messages: 'TelemetryReceiverLink',
  methods: 'MethodsReceiverLink',
  methodReplies: 'MethodsSenderLink',
  twin: 'TwinReceiverLink',
  twinRequests: 'TwinSenderLink',
} as const;

/** One device of a gateway, with all links that there are in a session of its own. It completes messages and echoes method calls. */
export class GatewayDevice {
  /** Bodies of cloud-to-device messages. */
  readonly messages: string[] = [];
  /** Conditions that its links were ended with by the hub. */
  readonly endedWith: string[] = [];
  private readonly links: (Sender | Receiver)[] = [];
  private readonly twinReplies = new Map<string, (reply: Message) => void>();
  private readonly undecided = new Map<Delivery, (outcome: string) => void>();
  private telemetry: Sender | undefined;
  private twinRequests: Sender | undefined;

  constructor(
    private readonly host: string,
    readonly deviceId: string,
    private readonly session: Session,
  ) {}

  /** Attaches the link for telemetry alone. @throws the hub's refusal */
  async openTelemetry(): Promise<void> {
    const link = this.sender(NAMES.telemetry, 'messages/events');
    for (const outcome of ['accepted', 'rejected', 'released', 'modified']) {
      link.on(outcome, ({ delivery }: { delivery: Delivery }) => this.decided(delivery, outcome));
    }
    link.once('sender_close', () => {
      for (const delivery of [...this.undecided.keys()]) {
        this.decided(delivery, 'detached');
      }
    });
    await this.opened(link, 'sendable');
    this.telemetry = link;
  }

  /** Attaches all links. @throws the hub's first refusal */
  async open(): Promise<void> {
    const replies = this.sender(NAMES.methodReplies, 'methods/deviceBound', 'methods');
    this.twinRequests = this.sender(NAMES.twinRequests, 'twin', 'twin');
    const messages = this.receiver(NAMES.messages, 'messages/deviceBound');
    messages.on('message', ({ message, delivery }: EventContext) => {
      this.messages.push(textOf(message));
      delivery?.accept();
    });
    const methods = this.receiver(NAMES.methods, 'methods/deviceBound', 'methods');
    methods.on('message', ({ message }: EventContext) => {
      replies.send({
        correlation_id: message?.correlation_id,
        application_properties: { 'IoThub-status': rhea.types.wrap_int(200) },
        body: message?.body,
      } as Message);
    });
    const twin = this.receiver(NAMES.twin, 'twin', 'twin');
    twin.on('message', ({ message }: EventContext) => {
      const id = String(message?.correlation_id);
      if (message !== undefined) {
        this.twinReplies.get(id)?.(message);
      }
      this.twinReplies.delete(id);
    });
    await Promise.all([
      this.openTelemetry(),
      this.opened(replies, 'sendable'),
      this.opened(this.twinRequests, 'sendable'),
      ...[messages, methods, twin].map((link) => this.opened(link, 'receiver_open')),
    ]);
  }

  /** @returns what became of a message */
  async send(body: string): Promise<string> {
    const delivery = this.telemetry?.send({ body: rhea.message.data_section(Buffer.from(body)) } as Message);
    return await new Promise((resolve) => {
      if (delivery === undefined) {
        throw new Error('its link for telemetry is not open');
      }
      this.undecided.set(delivery, resolve);
    });
  }

  /** @returns the JSON of its twin's properties */
  async getTwin(): Promise<unknown> {
    return JSON.parse(textOf(await this.askTwin('GET', '', ' ')));
  }

  /** @returns the status of the answer */
  async report(properties: object): Promise<number> {
    const { message_annotations } = await this.askTwin('PATCH', '/properties/reported', JSON.stringify(properties));
    return Number(message_annotations?.['status']);
  }

  private decided(delivery: Delivery, outcome: string): void {
    this.undecided.get(delivery)?.(outcome);
    this.undecided.delete(delivery);
  }

  private askTwin(operation: string, resource: string, body: string): Promise<Message> {
    const id = `${operation}-${this.deviceId}-${this.twinReplies.size}-${Date.now()}`;
    return new Promise((resolve) => {
      this.twinReplies.set(id, resolve);
      this.twinRequests?.send({
        correlation_id: id,
        message_annotations: { operation, ...(resource === '' ? {} : { resource }) },
        body: rhea.message.data_section(Buffer.from(body)),
      } as Message);
    });
  }

  private sender(name: string, address: string, channel?: string): Sender {
    return this.note(
      this.session.open_sender({
        name,
        target: { address: this.address(address) },
        properties: this.properties(channel),
      } as never),
    );
  }

  private receiver(name: string, address: string, channel?: string): Receiver {
    const source = { address: this.address(address) };
    const options = { name, source, autoaccept: false, properties: this.properties(channel) };
    return this.note(this.session.open_receiver(options as never));
  }

  /** As .NET spells it. */
  private address(path: string): string {
    return `amqps://${this.host}/devices/${encodeURIComponent(this.deviceId)}/${path}`;
  }

  private properties(channel: string | undefined): Record<string, string> | undefined {
    return channel === undefined
      ? undefined
      : { 'com.microsoft:channel-correlation-id': `${channel}:${this.deviceId}` };
  }

  private note<L extends Sender | Receiver>(link: L): L {
    this.links.push(link);
    link.on(link.is_sender() ? 'sender_error' : 'receiver_error', () => {
      this.endedWith.push((link.error as AmqpError).condition ?? '');
    });
    return link;
  }

  private async opened(link: Sender | Receiver, event: string): Promise<void> {
    const refused = once(link, link.is_sender() ? 'sender_error' : 'receiver_error').then(() =>
      Promise.reject(link.error),
    );
    await Promise.race([once(link, event), refused]);
    refused.catch(() => undefined);
  }
}

function textOf(message: Message | undefined): string {
  const { content } = (message?.body ?? {}) as { content?: Buffer };
  return String(content);
}
