import { type HubAccess, until } from '@mooring/test-parts';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import { RawDevice, type RawDeviceOptions } from '../support/raw-device.js';

/** A method call that the device has been given and answers when it likes, over whichever of its connections. */
export interface GivenCall {
  readonly method: string;
  readonly payload: string;
  readonly requestId: string;
}

export interface Desired {
  readonly $version: number;
  readonly [name: string]: unknown;
}

const METHODS = '$iothub/methods/POST/';
const DESIRED = '$iothub/twin/PATCH/properties/desired/';
const TWIN_ANSWERS = '$iothub/twin/res/';
const PATIENCE_MS = 20_000;

/**
 * One connection of a device in a persistent session that decides itself when it subscribes and when it answers: what SDKs,
 * which subscribe by themselves, cannot show.
 */
export class TwoWayDevice {
  readonly calls: GivenCall[] = [];
  readonly pushes: Desired[] = [];
  /** Bodies of cloud-to-device messages, each acknowledged. */
  readonly messages: string[] = [];
  private readonly answers = new Map<string, unknown>();
  private requests = 0;
  private sessionPresent: boolean | undefined;
  private subscribed = false;

  private constructor(
    private readonly raw: RawDevice,
    private readonly deviceId: string,
  ) {
    raw.onPacket = (packet) => this.take(packet);
  }

  /** Resolves when it is accepted. It is subscribed only to what its session has kept. */
  static async connect(hub: HubAccess, options: RawDeviceOptions): Promise<TwoWayDevice> {
    const device = new TwoWayDevice(await RawDevice.connect(hub, { clean: false, ...options }), options.deviceId);
    await until(() => device.sessionPresent !== undefined, { what: 'CONNACK', timeoutMs: PATIENCE_MS });
    return device;
  }

  get resumed(): boolean {
    return this.sessionPresent === true;
  }

  /** To all that there is. */
  async subscribe(): Promise<void> {
    const messages = `devices/${this.deviceId}/messages/devicebound/`;
    const subscriptions = [METHODS, DESIRED, TWIN_ANSWERS, messages].map((topic) => ({
      topic: `${topic}#`,
      qos: 1 as const,
    }));
    this.raw.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    await until(() => this.subscribed, { what: 'SUBACK', timeoutMs: PATIENCE_MS });
  }

  async nextCall(): Promise<GivenCall> {
    return until(() => this.calls.shift(), { what: 'a method call', timeoutMs: PATIENCE_MS });
  }

  answer({ requestId }: GivenCall, status: number, payload: unknown): void {
    this.publish(`$iothub/methods/res/${status}/?$rid=${requestId}`, JSON.stringify(payload));
  }

  /** The desired properties, as the device is told when it asks. */
  async getDesired(): Promise<Desired> {
    const request = String(++this.requests);
    this.publish(`$iothub/twin/GET/?$rid=${request}`, '');
    const found = await until(() => this.answers.get(request), { what: 'the twin', timeoutMs: PATIENCE_MS });
    return (found as { desired: Desired }).desired;
  }

  async pushed(name: string): Promise<Desired> {
    return until(() => this.pushes.find((push) => name in push), { what: `a push of ${name}`, timeoutMs: PATIENCE_MS });
  }

  untilClosed(): Promise<void> {
    return this.raw.untilClosed();
  }

  close(): void {
    this.raw.close();
  }

  private take(packet: Packet): void {
    if (packet.cmd === 'connack' && packet.returnCode === 0) {
      this.sessionPresent = packet.sessionPresent;
    } else if (packet.cmd === 'suback') {
      this.subscribed = true;
    } else if (packet.cmd === 'publish') {
      this.handle(packet);
    }
  }

  private handle({ topic, payload, qos, messageId }: IPublishPacket): void {
    const text = payload.toString();
    if (topic.startsWith(METHODS)) {
      const [method = '', requestId = ''] = topic.slice(METHODS.length).split('/?$rid=');
      this.calls.push({ method, payload: text, requestId });
    } else if (topic.startsWith(DESIRED)) {
      this.pushes.push(JSON.parse(text) as Desired);
    } else if (topic.startsWith(TWIN_ANSWERS)) {
      const request = new URLSearchParams(topic.split('?')[1]).get('$rid') ?? '';
      this.answers.set(request, JSON.parse(text));
    } else {
      this.messages.push(text);
    }
    if (qos === 1) {
      this.raw.send({ cmd: 'puback', messageId: messageId ?? 0 });
    }
  }

  private publish(topic: string, payload: string): void {
    this.raw.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
  }
}
