import type { HubAccess } from '@mooring/test-parts';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import type { DeviceCredentials } from '../register-devices.js';
import { DeviceConnection } from './device-connection.js';
import { loginPacket } from './login.js';

export interface ListeningDeviceOptions {
  readonly hub: Pick<HubAccess, 'host' | 'ca'>;
  /** Dialled in place of the hub's name: that of one edge. */
  readonly address?: string;
  readonly credentials: DeviceCredentials;
  /** The connection is destroyed if it is not subscribed by then; never unless given. */
  readonly loginTimeoutMs?: number;
  /** A cloud-to-device message, before it is acknowledged. */
  readonly onMessage?: (topic: string, body: Buffer) => void;
  /** Whether a cloud-to-device message is acknowledged; all are unless given. */
  readonly acknowledges?: (body: Buffer) => boolean;
  /** A desired change. */
  readonly onDesired?: (patch: unknown) => void;
  /** Answers a direct method: status and JSON. Default: 200 and what it was given. */
  readonly onMethod?: (name: string, payload: Buffer) => readonly [status: number, payload: Buffer] | undefined;
}

const TWIN_ANSWERS = '$iothub/twin/res/';
const DESIRED = '$iothub/twin/PATCH/properties/desired/';
const METHODS = '$iothub/methods/POST/';

/** A device that is subscribed to all there is for it: it answers methods, completes messages and reports to its twin. */
export class ListeningDevice {
  private readonly connection: DeviceConnection;
  private readonly answers = new Map<string, (status: number, version: number) => void>();
  private nextRequest = 1;
  private onSubscribed: (() => void) | undefined;

  private constructor(
    private readonly options: ListeningDeviceOptions,
    accepted: () => void,
  ) {
    const { hub, address = hub.host, credentials } = options;
    this.connection = new DeviceConnection({
      address,
      hubName: hub.host,
      ca: hub.ca,
      login: loginPacket({ host: hub.host, ...credentials }),
      onAccepted: accepted,
      onPacket: (packet) => this.receive(packet),
    });
  }

  /** Resolves when it is subscribed to everything. */
  static async connect(options: ListeningDeviceOptions): Promise<ListeningDevice> {
    const { credentials, loginTimeoutMs } = options;
    let patience: NodeJS.Timeout | undefined;
    try {
      const device = await new Promise<ListeningDevice>((resolve, reject) => {
        const made: ListeningDevice = new ListeningDevice(options, () => resolve(made));
        patience = loginTimeoutMs === undefined ? undefined : setTimeout(() => made.destroy(), loginTimeoutMs);
        void made.closed.then(() => reject(new Error(`${credentials.deviceId} was not accepted`)));
      });
      await device.subscribe();
      return device;
    } finally {
      clearTimeout(patience);
    }
  }

  get closed(): Promise<void> {
    return this.connection.closed;
  }

  /** Reports to the twin. @returns the version of the reported properties after that @throws Error with the status of a refusal */
  report(patch: object): Promise<number> {
    const request = String(this.nextRequest++);
    return new Promise((resolve, reject) => {
      this.answers.set(request, (status, version) => {
        if (status === 204) {
          resolve(version);
        } else {
          reject(new Error(`the hub answered a report with ${status}`));
        }
      });
      void this.closed.then(() => reject(new Error('the connection was closed')));
      this.connection.send({
        cmd: 'publish',
        topic: `$iothub/twin/PATCH/properties/reported/?$rid=${request}`,
        payload: JSON.stringify(patch),
        qos: 0,
        dup: false,
        retain: false,
      });
    });
  }

  destroy(): void {
    this.connection.destroy();
  }

  private subscribe(): Promise<void> {
    const { deviceId } = this.options.credentials;
    const filters = [`devices/${deviceId}/messages/devicebound/#`, `${TWIN_ANSWERS}#`, `${DESIRED}#`, `${METHODS}#`];
    return new Promise((resolve, reject) => {
      this.onSubscribed = resolve;
      void this.closed.then(() => reject(new Error(`${deviceId} was closed while it subscribed`)));
      const subscriptions = filters.map((topic) => ({ topic, qos: 1 as const }));
      this.connection.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    });
  }

  private receive(packet: Packet): void {
    if (packet.cmd === 'suback') {
      this.onSubscribed?.();
    } else if (packet.cmd === 'publish') {
      this.handle(packet);
    }
  }

  private handle({ topic, payload, messageId, qos }: IPublishPacket): void {
    const body = Buffer.from(payload);
    let isAcknowledged = true;
    if (topic.startsWith(METHODS)) {
      this.answerMethod(topic, body);
    } else if (topic.startsWith(TWIN_ANSWERS)) {
      this.settle(topic);
    } else if (topic.startsWith(DESIRED)) {
      this.options.onDesired?.(JSON.parse(body.toString()));
    } else {
      this.options.onMessage?.(topic, body);
      isAcknowledged = this.options.acknowledges?.(body) ?? true;
    }
    if (qos === 1 && isAcknowledged) {
      this.connection.send({ cmd: 'puback', messageId: messageId ?? 0 });
    }
  }

  private answerMethod(topic: string, body: Buffer): void {
    const [name = '', query = ''] = topic.slice(METHODS.length).split('/?');
    const answer = this.options.onMethod === undefined ? ([200, body] as const) : this.options.onMethod(name, body);
    if (answer !== undefined) {
      const [status, payload] = answer;
      const replyTopic = `$iothub/methods/res/${status}/?${query}`;
      this.connection.send({ cmd: 'publish', topic: replyTopic, payload, qos: 0, dup: false, retain: false });
    }
  }

  private settle(topic: string): void {
    const [status = '', query = ''] = topic.slice(TWIN_ANSWERS.length).split('/?');
    const parameters = new URLSearchParams(query);
    const request = parameters.get('$rid') ?? '';
    const answer = this.answers.get(request);
    this.answers.delete(request);
    answer?.(Number(status), Number(parameters.get('$version')));
  }
}
