import { DeviceConnection, type DeviceCredentials, loginPacket } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';

const LARGE = 'x'.repeat(60_000);
const MESSAGES = 200;

/** A device that wants messages, sends many large ones, and reads nothing from then on. */
export class StalledDevice {
  acknowledged = 0;
  private readonly connection: DeviceConnection;

  constructor(hub: HubAccess, address: string, credentials: DeviceCredentials) {
    const { deviceId } = credentials;
    this.connection = new DeviceConnection({
      address,
      hubName: hub.host,
      ca: hub.ca,
      login: loginPacket({ host: hub.host, ...credentials }),
      onAccepted: () => {
        const topic = `devices/${deviceId}/messages/devicebound/#`;
        this.connection.send({ cmd: 'subscribe', messageId: 0xffff, subscriptions: [{ topic, qos: 1 }] });
      },
      onPacket: ({ cmd }) => {
        if (cmd === 'suback') {
          this.connection.stopReading();
          this.flood(deviceId);
        }
      },
      onAcknowledged: () => {
        this.acknowledged++;
      },
    });
  }

  get isSubscribed(): boolean {
    return this.connection.isReading === false;
  }

  get isClosed(): boolean {
    return this.connection.closedAt !== undefined;
  }

  /** Takes all that came meanwhile. */
  readOn(): void {
    this.connection.readOn();
  }

  /** Whether all that it sent is acknowledged. */
  get isAnswered(): boolean {
    return this.acknowledged === MESSAGES;
  }

  close(): void {
    this.connection.destroy();
  }

  private flood(deviceId: string): void {
    for (let number = 0; number < MESSAGES; number++) {
      const topic = `devices/${deviceId}/messages/events/`;
      this.connection.publish({ topic, payload: LARGE, number, messageId: number + 1, dup: false });
    }
  }
}
