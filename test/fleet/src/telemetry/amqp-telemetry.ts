import rhea, { type Connection, type Delivery, type EventContext, type Sender } from 'rhea';
import { loginToken } from '../device/login.js';
import type { NumberedMessage, TelemetryConnectionOptions } from './telemetry-connection.js';
import { WireConnection } from './wire-connection.js';

const AMQPS = 5671;
const REFUSED = 1;
/** What rhea tells of a connection that is of no use any more. */
const ENDS = ['connection_close', 'connection_error', 'session_close', 'sender_close'] as const;
const ERRORS = ['error', 'protocol_error'] as const;

/**
 * A link for telemetry, all deliveries of which are unsettled: acknowledged by `accepted`. Whatever else becomes of one ends the
 * connection, as what follows it must not be sent before it.
 */
export class AmqpTelemetry extends WireConnection {
  private readonly waiting = new Map<Delivery, number>();
  private wasTold = false;
  private readonly connection: Connection;
  private readonly sender: Sender;

  constructor(options: TelemetryConnectionOptions) {
    let connected: () => void = () => undefined;
    super(options, AMQPS, () => connected());
    const { host, deviceId } = options.login;
    this.connection = rhea.create_container({ id: deviceId }).create_connection({
      host,
      port: AMQPS,
      hostname: host,
      username: `${deviceId}@sas.${host}`,
      password: loginToken(options.login),
      reconnect: false,
      connection_details: () => ({
        host,
        port: AMQPS,
        connect: (_port: number, _host: string, _options: unknown, onConnected: () => void) => {
          connected = onConnected;
          return this.wire.stream;
        },
      }),
    });
    for (const event of ERRORS) {
      this.connection.on(event, () => this.destroy());
    }
    for (const event of ENDS) {
      this.connection.on(event, () => this.end());
    }
    this.connection.on('disconnected', () => this.destroy());
    this.connection.connect();
    this.sender = this.connection.open_sender({ target: { address: `/devices/${deviceId}/messages/events` } });
    this.sender.once('sendable', () => this.accept());
    this.sender.on('accepted', ({ delivery }) => this.acknowledge(delivery));
    for (const outcome of ['rejected', 'released', 'modified'] as const) {
      this.sender.on(outcome, (context: EventContext) => this.giveBack(context.delivery));
    }
  }

  /** Whether the hub has ended the link, the session or the connection by the performative for that. */
  override get endedCleanly(): boolean {
    return this.wasTold;
  }

  publish({ payload, number, properties }: NumberedMessage): void {
    if (this.wire.stream.writable) {
      const body = rhea.message.data_section(Buffer.from(payload));
      const application_properties = { n: String(number), ...properties };
      this.waiting.set(this.sender.send({ body, application_properties }), number);
    }
  }

  /** By an error, as that alone ends rhea's timers: it does not listen to `close`. */
  override destroy(): void {
    this.wire.stream.destroy(new Error('left'));
  }

  private acknowledge(delivery: Delivery | undefined): void {
    const number = delivery && this.waiting.get(delivery);
    if (delivery === undefined || number === undefined) {
      this.options.onViolation('an outcome for nothing that was sent');
      return;
    }
    this.waiting.delete(delivery);
    this.options.onAcknowledged(number);
  }

  private giveBack(delivery: Delivery | undefined): void {
    if (delivery !== undefined) {
      this.waiting.delete(delivery);
    }
    this.destroy();
  }

  private end(): void {
    this.wasTold = true;
    if (this.acceptedAt === undefined && this.closedAt === undefined) {
      this.refusal = REFUSED;
    }
    this.wire.stream.end();
    this.wire.stream.destroySoon();
  }
}
