import { DeviceConnection } from '../device/device-connection.js';
import { loginPacket } from '../device/login.js';
import type { NumberedMessage, TelemetryConnection, TelemetryConnectionOptions } from './telemetry-connection.js';

/** Packet ids of what is below 0 are above those of numbers. */
const FIRST_NEGATIVE_ID = 0xf000;
const NEGATIVE_IDS = 0x0f00;

/** QoS 1: acknowledged by PUBACK. */
export class MqttTelemetry implements TelemetryConnection {
  private readonly connection: DeviceConnection;
  private readonly topic: string;

  constructor(options: TelemetryConnectionOptions, webSocket: boolean) {
    const { login } = options;
    this.topic = `devices/${login.deviceId}/messages/events/n=`;
    this.connection = new DeviceConnection({
      ...options,
      hubName: login.host,
      login: loginPacket(login),
      webSocket,
    });
  }

  get address(): string {
    return this.connection.address;
  }

  get acceptedAt(): number | undefined {
    return this.connection.acceptedAt;
  }

  get closedAt(): number | undefined {
    return this.connection.closedAt;
  }

  get endedCleanly(): boolean {
    return this.connection.endedCleanly;
  }

  get isOpen(): boolean {
    return this.connection.isOpen;
  }

  get refusal(): number | undefined {
    return this.connection.refusal;
  }

  get closed(): Promise<void> {
    return this.connection.closed;
  }

  publish({ payload, number, isRepeated, properties = {} }: NumberedMessage): void {
    const more = Object.entries(properties).map((pair) => `&${pair.map(encodeURIComponent).join('=')}`);
    const topic = `${this.topic}${number}${more.join('')}`;
    this.connection.publish({ topic, payload, number, messageId: packetIdOf(number), dup: isRepeated });
  }

  destroy(): void {
    this.connection.destroy();
  }
}

function packetIdOf(number: number): number {
  return number < 0 ? FIRST_NEGATIVE_ID + (-number % NEGATIVE_IDS) : (number % (FIRST_NEGATIVE_ID - 1)) + 1;
}
