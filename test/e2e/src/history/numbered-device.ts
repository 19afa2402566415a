import { connect, type TLSSocket } from 'node:tls';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { generate, type Packet, parser } from 'mqtt-packet';

export interface NumberedDeviceOptions {
  readonly host: string;
  readonly ca: string;
  readonly deviceId: string;
  /** Base64. */
  readonly key: string;
  /** Unacknowledged messages at a time. */
  readonly inFlight: number;
}

const RECONNECT_PAUSE_MS = 100;

/**
 * A device that sends the numbers 0, 1, 2, … and, as MQTT asks of it, sends again in order after a reconnect what was not
 * acknowledged ([MQTT-4.4.0-1], [MQTT-4.6.0-1]). It keeps account of what was acknowledged.
 */
export class NumberedDevice {
  /** Every number below this one was sent at least once. */
  sent = 0;
  readonly acknowledged = new Set<number>();
  connects = 0;
  private unacknowledged: number[] = [];
  private socket: TLSSocket | undefined;
  private running = true;
  private paused = false;
  private readonly done: Promise<void>;

  constructor(private readonly options: NumberedDeviceOptions) {
    this.done = this.run();
  }

  get deviceId(): string {
    return this.options.deviceId;
  }

  /** Sends nothing new from now on; what is unacknowledged is still sent again after a reconnect. */
  pause(): void {
    this.paused = true;
  }

  get settled(): boolean {
    return this.unacknowledged.length === 0;
  }

  async close(): Promise<void> {
    this.running = false;
    this.socket?.destroy();
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      await this.connectOnce();
      if (this.running) {
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_PAUSE_MS));
      }
    }
  }

  /** Lives through one connection; resolves when it has ended, in whatever way. */
  private async connectOnce(): Promise<void> {
    const { host, ca } = this.options;
    const socket = connect({ host, port: 8883, ca });
    this.socket = socket;
    socket.on('error', () => socket.destroy());
    const packets = parser();
    packets.on('packet', (packet) => this.receive(packet));
    packets.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => packets.parse(chunk));
    socket.once('secureConnect', () => socket.write(generate(this.login())));
    // An error only tells why it is closed.
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  }

  private login(): Packet {
    const { host, deviceId, key } = this.options;
    const se = Math.floor(Date.now() / 1000) + 3600;
    const password = createSasToken({ resource: `${host}/devices/${deviceId}`, key: sasKeyFromBase64(key), se });
    return {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      clientId: deviceId,
      keepalive: 60,
      username: `${host}/${deviceId}/?api-version=2021-04-12`,
      password: Buffer.from(password),
    };
  }

  private receive(packet: Packet): void {
    if (packet.cmd === 'connack' && packet.returnCode === 0) {
      this.connects++;
      for (const number of this.unacknowledged) {
        this.publish(number, true);
      }
      this.fill();
    } else if (packet.cmd === 'puback' && packet.messageId !== undefined) {
      this.settle(packet.messageId);
      this.fill();
    }
  }

  private settle(packetId: number): void {
    // Acknowledged in the order sent ([MQTT-4.6.0-2]); a number that is not the oldest would show a broken hub.
    const at = this.unacknowledged.findIndex((number) => packetIdOf(number) === packetId);
    const number = this.unacknowledged[at];
    if (number === undefined) {
      throw new Error(`${this.deviceId}: PUBACK ${packetId} for nothing that was sent`);
    }
    this.unacknowledged.splice(at, 1);
    this.acknowledged.add(number);
  }

  private fill(): void {
    while (!this.paused && this.running && this.unacknowledged.length < this.options.inFlight) {
      const number = this.sent++;
      this.unacknowledged.push(number);
      this.publish(number, false);
    }
  }

  private publish(number: number, dup: boolean): void {
    this.socket?.write(
      generate({
        cmd: 'publish',
        topic: `devices/${this.deviceId}/messages/events/n=${number}`,
        payload: String(number),
        qos: 1,
        messageId: packetIdOf(number),
        dup,
        retain: false,
      }),
    );
  }
}

function packetIdOf(number: number): number {
  return (number % 0xffff) + 1;
}
