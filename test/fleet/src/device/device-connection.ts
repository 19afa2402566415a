import { generate, type Packet, parser } from 'mqtt-packet';
import type { ConnectionRecord } from '../telemetry/telemetry-connection.js';
import { TlsWire } from '../wire/tls-wire.js';
import { WebSocketWire } from '../wire/web-socket-wire.js';
import type { Wire } from '../wire/wire.js';

export interface DeviceConnectionOptions {
  readonly address: string;
  /** In the server's certificate. */
  readonly hubName: string;
  readonly ca: string;
  readonly login: Packet;
  /** Whether it runs over WebSocket. */
  readonly webSocket?: boolean;
  /** The connection is destroyed if no CONNACK with code 0 has come by then. */
  readonly loginTimeoutMs?: number | undefined;
  readonly onAccepted?: () => void;
  readonly onAcknowledged?: (number: number) => void;
  /** Takes what is neither CONNACK nor PUBACK; without it such a packet is a violation. */
  readonly onPacket?: (packet: Packet) => void;
  /** Told of what the hub must not do. */
  readonly onViolation?: (what: string) => void;
}

export interface NumberedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly number: number;
  /** Packet id. */
  readonly messageId: number;
  readonly dup: boolean;
}

const MQTTS = 8883;
const HTTPS = 443;

/** TLS, with or without WebSocket, MQTT, and which of the numbers published on it wait for their PUBACK. */
export class DeviceConnection implements ConnectionRecord {
  /** When CONNECT was sent. */
  loggedInAt: number | undefined;
  acceptedAt: number | undefined;
  /** Why it was refused, if it was. */
  refusal: number | undefined;
  readonly closed: Promise<void>;
  readonly #wire: Wire;
  readonly #waiting = new Map<number, number>();

  constructor(private readonly options: DeviceConnectionOptions) {
    const { login, loginTimeoutMs, webSocket = false } = options;
    const wireOptions = { ...options, port: webSocket ? HTTPS : MQTTS, onOpen: () => this.#logIn(login) };
    this.#wire = webSocket ? new WebSocketWire('mqtt', wireOptions) : new TlsWire(wireOptions);
    const { stream } = this.#wire;
    const packets = parser();
    packets.on('packet', (packet) => this.#receive(packet));
    packets.on('error', () => this.destroy());
    stream.on('data', (chunk: Buffer) => packets.parse(chunk));
    const patience =
      loginTimeoutMs === undefined
        ? undefined
        : setTimeout(() => this.acceptedAt === undefined && this.destroy(), loginTimeoutMs);
    this.closed = this.#wire.closed.then(() => clearTimeout(patience));
  }

  get closedAt(): number | undefined {
    return this.#wire.closedAt;
  }

  get endedCleanly(): boolean {
    return this.#wire.endedCleanly;
  }

  get address(): string {
    return this.options.address;
  }

  get isOpen(): boolean {
    return this.acceptedAt !== undefined && this.closedAt === undefined;
  }

  publish({ topic, payload, number, messageId, dup }: NumberedMessage): void {
    this.#waiting.set(messageId, number);
    this.send({ cmd: 'publish', topic, payload, qos: 1, messageId, dup, retain: false });
  }

  send(packet: Packet): void {
    if (this.#wire.stream.writable) {
      this.#wire.stream.write(generate(packet));
    }
  }

  get isReading(): boolean {
    return !this.#wire.stream.isPaused();
  }

  /** Lets what the hub sends fill the sockets. */
  stopReading(): void {
    this.#wire.stream.pause();
  }

  readOn(): void {
    this.#wire.stream.resume();
  }

  destroy(): void {
    this.#wire.destroy();
  }

  #logIn(login: Packet): void {
    this.loggedInAt = performance.now();
    this.send(login);
  }

  #receive(packet: Packet): void {
    if (packet.cmd === 'connack') {
      if (packet.returnCode === 0) {
        this.acceptedAt = performance.now();
        this.options.onAccepted?.();
      } else {
        this.refusal = packet.returnCode;
      }
    } else if (packet.cmd === 'puback') {
      this.#acknowledge(packet.messageId ?? 0);
    } else if (this.options.onPacket !== undefined) {
      this.options.onPacket(packet);
    } else {
      this.options.onViolation?.(`an unsolicited ${packet.cmd}`);
    }
  }

  #acknowledge(messageId: number): void {
    const number = this.#waiting.get(messageId);
    if (number === undefined) {
      this.options.onViolation?.(`PUBACK ${messageId} for nothing that was sent`);
      return;
    }
    this.#waiting.delete(messageId);
    this.options.onAcknowledged?.(number);
  }
}
