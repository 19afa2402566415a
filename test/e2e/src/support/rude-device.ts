import { type HubAccess, until } from '@mooring/test-parts';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import { RawDevice } from './raw-device.js';

const PATIENCE_MS = 20_000;
const REPLIES = '$iothub/twin/res/';
const METHODS = '$iothub/methods/POST/';

/** An answer to an operation on the twin. */
export interface TwinAnswer {
  readonly status: number;
  readonly text: string;
  /** Of JSON; else undefined. */
  readonly body: unknown;
}

export interface MethodRequest {
  readonly name: string;
  readonly rid: string;
}

/** A device that is subscribed to everything, and does with it what a test tells it to. */
export class RudeDevice {
  private readonly answers = new Map<string, (answer: TwinAnswer) => void>();
  private readonly calls: MethodRequest[] = [];
  readonly messages: string[] = [];
  private readonly acknowledged = new Set<number>();
  private subscribed = false;
  private last = 0;

  private constructor(private readonly device: RawDevice) {
    device.onPacket = (packet) => this.receive(packet);
  }

  static async connect(hub: HubAccess, deviceId: string, key: string): Promise<RudeDevice> {
    const rude = new RudeDevice(await RawDevice.connect(hub, { deviceId, key }));
    const filters = [
      `devices/${deviceId}/messages/devicebound/#`,
      `${REPLIES}#`,
      '$iothub/twin/PATCH/properties/desired/#',
      `${METHODS}#`,
    ];
    rude.device.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: filters.map((topic) => ({ topic, qos: 1 as const })),
    });
    await rude.until(() => rude.subscribed, 'its subscriptions');
    return rude;
  }

  get closed(): boolean {
    return this.device.closed;
  }

  /**
   * An operation on its twin.
   * @param topic without the request id at its end
   */
  ask(topic: string, payload: string | Buffer, more = ''): Promise<TwinAnswer> {
    const rid = String(++this.last);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${topic}${rid}`)), PATIENCE_MS);
      this.answers.set(rid, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.publish(`${topic}${rid}${more}`, payload);
    });
  }

  /** At QoS 0. */
  publish(topic: string, payload: string | Buffer): void {
    this.device.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
  }

  /** At QoS 1; resolves when it is acknowledged. */
  async published(topic: string, payload: string | Buffer): Promise<void> {
    const messageId = (++this.last % 0xffff) + 1;
    this.device.send({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false, messageId });
    await this.until(() => this.acknowledged.delete(messageId), 'an acknowledgement');
  }

  acknowledge(messageId: number): void {
    this.device.send({ cmd: 'puback', messageId });
  }

  /** Answers a method, or with what is no answer. */
  reply(rid: string, payload: string | Buffer, status: number | string = 200): Promise<void> {
    return this.published(`$iothub/methods/res/${status}/?$rid=${rid}`, payload);
  }

  /** The next call of a method; each is given once. */
  async called(name: string): Promise<MethodRequest> {
    return this.until(() => {
      const at = this.calls.findIndex((call) => call.name === name);
      return at < 0 ? undefined : this.calls.splice(at, 1)[0];
    }, `a call of ${name}`);
  }

  untilClosed(): Promise<void> {
    return this.device.untilClosed();
  }

  close(): void {
    this.device.close();
  }

  until<T>(attempt: () => T, what: string): Promise<NonNullable<T>> {
    return until(attempt, { what, timeoutMs: PATIENCE_MS, everyMs: 2 });
  }

  private receive(packet: Packet): void {
    if (packet.cmd === 'suback') {
      this.subscribed = true;
    } else if (packet.cmd === 'puback') {
      this.acknowledged.add(packet.messageId ?? 0);
    } else if (packet.cmd === 'publish') {
      this.handle(packet);
    }
  }

  private handle({ topic, payload, qos, messageId = 0 }: IPublishPacket): void {
    const text = payload.toString();
    if (topic.startsWith(REPLIES)) {
      const [status = '', query = ''] = topic.slice(REPLIES.length).split('/?');
      const rid = /^\$rid=([^&]*)/.exec(query)?.[1] ?? '';
      this.answers.get(rid)?.({ status: Number(status), text, body: text === '' ? undefined : JSON.parse(text) });
      this.answers.delete(rid);
    } else if (topic.startsWith(METHODS)) {
      const [name = '', rid = ''] = topic.slice(METHODS.length).split('/?$rid=');
      this.calls.push({ name, rid });
    } else if (topic.includes('/messages/devicebound/')) {
      this.messages.push(text);
      if (qos === 1) {
        this.acknowledge(messageId);
      }
    }
  }
}
