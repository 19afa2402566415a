import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import mqtt, { type Packet } from 'mqtt-packet';
import { KEY } from './fake-identity.spec-support.js';

export const HOST = 'hub.example.com';
const FAR = 4_000_000_000;

export interface ConnectOptions {
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string | undefined;
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly will?: { topic: string; payload: Buffer; qos?: 0 | 1 | 2; retain?: boolean };
}

/** A token for a device or `device/module`. */
export function token(name: string, more: { se?: number; key?: string; policy?: string; resource?: string } = {}) {
  const [device, module] = name.split('/');
  const own = `${HOST}/devices/${device}${module === undefined ? '' : `/modules/${module}`}`;
  const { se = FAR, key = KEY, policy, resource = own } = more;
  return createSasToken({ resource, se, key: sasKeyFromBase64(key), ...(policy === undefined ? {} : { policy }) });
}

/** The other end of an MQTT connection: packets are written by an implementation of others. */
export class MqttClient {
  readonly received: Packet[] = [];
  closed = false;
  private readonly parser = mqtt.parser();
  private readonly waiting: (() => void)[] = [];

  constructor(readonly stream: Duplex) {
    this.parser.on('packet', (packet: Packet) => {
      this.received.push(packet);
      this.wake();
    });
    stream.on('data', (chunk: Buffer) => this.parser.parse(chunk));
    stream.on('error', () => undefined);
    for (const event of ['close', 'end']) {
      stream.on(event, () => {
        this.closed = true;
        stream.destroy();
        this.wake();
      });
    }
  }

  send(packet: Packet): void {
    this.stream.write(mqtt.generate(packet));
  }

  connectPacket(options: ConnectOptions = {}): Packet {
    const { clientId = 'd1', clean = true, keepalive = 60, will } = options;
    return {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId,
      clean,
      keepalive,
      username: options.username ?? `${HOST}/${clientId}/?api-version=2021-04-12`,
      ...('password' in options && options.password === undefined
        ? {}
        : { password: Buffer.from(options.password ?? token(clientId)) }),
      ...(will === undefined ? {} : { will: { qos: 0, retain: false, ...will } }),
    } as Packet;
  }

  /** @returns the CONNACK; undefined if the connection was closed */
  async connect(options: ConnectOptions = {}): Promise<{ returnCode: number; sessionPresent: boolean } | undefined> {
    this.send(this.connectPacket(options));
    return (await this.next('connack')) as { returnCode: number; sessionPresent: boolean } | undefined;
  }

  publish(topic: string, payload: string | Buffer, messageId?: number, more: object = {}): void {
    this.send({
      cmd: 'publish',
      topic,
      payload,
      qos: messageId === undefined ? 0 : 1,
      dup: false,
      retain: false,
      ...(messageId === undefined ? {} : { messageId }),
      ...more,
    } as Packet);
  }

  async subscribe(filters: Readonly<Record<string, number>>, messageId = 7): Promise<readonly number[] | undefined> {
    const subscriptions = Object.entries(filters).map(([topic, qos]) => ({ topic, qos }));
    this.send({ cmd: 'subscribe', messageId, subscriptions } as Packet);
    const answer = (await this.next('suback')) as { granted: number[] } | undefined;
    return answer?.granted;
  }

  /** The next packet of a kind, removed from `received`; undefined once the connection is closed. */
  async next(cmd: string): Promise<Packet | undefined> {
    for (;;) {
      const index = this.received.findIndex((packet) => packet.cmd === cmd);
      if (index >= 0) {
        return this.received.splice(index, 1)[0];
      }
      if (this.closed) {
        return undefined;
      }
      await new Promise<void>((resolve) => void this.waiting.push(resolve));
    }
  }

  /** Packet ids of the next acknowledgements. */
  async acknowledgements(count: number): Promise<(number | undefined)[]> {
    const ids: (number | undefined)[] = [];
    while (ids.length < count) {
      ids.push(((await this.next('puback')) as { messageId?: number } | undefined)?.messageId);
    }
    return ids;
  }

  /** Resolves when the other side has closed the connection. */
  async closing(): Promise<void> {
    if (!this.closed) {
      await once(this.stream, 'close');
    }
  }

  /** Gone, without a word. */
  vanish(): void {
    this.stream.destroy();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) {
      resolve();
    }
  }
}
