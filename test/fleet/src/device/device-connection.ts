import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { generate, type Packet, parser } from 'mqtt-packet';

/** One connection of a device as the device sees it; times are milliseconds of `performance.now`. */
export interface ConnectionRecord {
  /** What was dialled. */
  readonly address: string;
  /** Of a CONNACK with code 0. */
  readonly acceptedAt: number | undefined;
  readonly closedAt: number | undefined;
  /** Whether the other side ended it in TLS' and TCP's own way, not by a reset. */
  readonly endedCleanly: boolean;
}

export interface DeviceConnectionOptions {
  readonly address: string;
  /** In the server's certificate. */
  readonly hubName: string;
  readonly ca: string;
  readonly login: Packet;
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

/** TLS, MQTT, and which of the numbers published on it wait for their PUBACK. */
export class DeviceConnection implements ConnectionRecord {
  /** When CONNECT was sent. */
  loggedInAt: number | undefined;
  acceptedAt: number | undefined;
  closedAt: number | undefined;
  endedCleanly = false;
  /** Why it was refused, if it was. */
  refusal: number | undefined;
  readonly closed: Promise<void>;
  readonly #socket: TLSSocket;
  readonly #waiting = new Map<number, number>();

  constructor(private readonly options: DeviceConnectionOptions) {
    const { address, hubName, ca, login, loginTimeoutMs } = options;
    const socket = connect({
      host: address,
      port: MQTTS,
      ca,
      // An edge is dialled by an address of its own, and shows the name of the hub.
      checkServerIdentity: (_dialled, certificate) => checkServerIdentity(hubName, certificate),
    });
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('end', () => {
      this.endedCleanly = true;
    });
    const packets = parser();
    packets.on('packet', (packet) => this.#receive(packet));
    packets.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => packets.parse(chunk));
    socket.once('secureConnect', () => {
      this.loggedInAt = performance.now();
      socket.write(generate(login));
    });
    const patience =
      loginTimeoutMs === undefined
        ? undefined
        : setTimeout(() => this.acceptedAt === undefined && socket.destroy(), loginTimeoutMs);
    // An error only tells why it is closed.
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        clearTimeout(patience);
        this.closedAt = performance.now();
        resolve();
      }),
    );
  }

  get address(): string {
    return this.options.address;
  }

  get isOpen(): boolean {
    return this.acceptedAt !== undefined && this.closedAt === undefined;
  }

  publish({ topic, payload, number, messageId, dup }: NumberedMessage): void {
    this.#waiting.set(messageId, number);
    if (this.#socket.writable) {
      this.#socket.write(generate({ cmd: 'publish', topic, payload, qos: 1, messageId, dup, retain: false }));
    }
  }

  send(packet: Packet): void {
    if (this.#socket.writable) {
      this.#socket.write(generate(packet));
    }
  }

  destroy(): void {
    this.#socket.destroy();
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
