import { Agent, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { loginToken } from '../device/login.js';
import type { NumberedMessage, TelemetryConnectionOptions } from './telemetry-connection.js';
import { WireConnection } from './wire-connection.js';

const HTTPS = 443;
const BATCH = 'application/vnd.microsoft.iothub.json';
const MOST_IN_BATCH = 100;
/** Longer than the hub tries to store what it was given. */
const ANSWER_TIMEOUT_MS = 30_000;

/** One request at a time over one connection, which carries all that is to be sent by then: acknowledged by 2xx. */
export class HttpTelemetry extends WireConnection {
  private readonly agent: Agent;
  private readonly authorization: string;
  private queued: NumberedMessage[] = [];
  private isSending = false;
  private wasCut = false;

  constructor(options: TelemetryConnectionOptions) {
    super(options, HTTPS, () => this.accept());
    this.agent = new OneConnection(this.wire.stream);
    this.authorization = loginToken(options.login);
  }

  /** Whether no request was on its way when it was closed. */
  override get endedCleanly(): boolean {
    return this.closedAt !== undefined && !this.wasCut;
  }

  publish(message: NumberedMessage): void {
    this.queued.push(message);
    if (!this.isSending) {
      this.isSending = true;
      // What is sent in the same turn goes with it.
      setImmediate(() => this.send());
    }
  }

  private send(): void {
    const messages = this.queued.splice(0, MOST_IN_BATCH);
    this.isSending = messages.length > 0 && this.isOpen;
    if (!this.isSending) {
      return;
    }
    const [first] = messages;
    const { host, deviceId } = this.options.login;
    const [body, headers] =
      first !== undefined && messages.length === 1
        ? [first.payload, propertiesOf(first)]
        : [JSON.stringify(messages.map(entryOf)), { 'content-type': BATCH }];
    const call = request(
      {
        agent: this.agent,
        host,
        method: 'POST',
        path: `/devices/${deviceId}/messages/events?api-version=2021-04-12`,
        headers: { authorization: this.authorization, ...headers },
        timeout: ANSWER_TIMEOUT_MS,
      },
      (response) => {
        const { statusCode = 0 } = response;
        response.resume().once('end', () => this.answer(statusCode, messages));
      },
    );
    call.on('timeout', () => this.destroy());
    call.on('error', () => {
      this.wasCut = true;
      this.destroy();
    });
    call.end(body);
  }

  private answer(status: number, messages: readonly NumberedMessage[]): void {
    if (status < 200 || status > 299) {
      this.refusal = status;
      this.destroy();
      return;
    }
    for (const { number } of messages) {
      this.options.onAcknowledged(number);
    }
    // The socket is free for the next request once this one has ended.
    setImmediate(() => this.send());
  }
}

class OneConnection extends Agent {
  constructor(private readonly stream: Duplex) {
    super({ keepAlive: true, maxSockets: 1 });
  }

  override createConnection(): Duplex {
    return this.stream;
  }
}

function propertiesOf({ number, properties = {} }: NumberedMessage): Record<string, string> {
  const named = Object.entries(properties).map(([name, value]) => [`iothub-app-${name}`, value]);
  return { 'iothub-app-n': String(number), ...Object.fromEntries(named) };
}

function entryOf(message: NumberedMessage): object {
  return { body: Buffer.from(message.payload).toString('base64'), properties: propertiesOf(message) };
}
