import { type HubPart, until } from '@mooring/test-parts';
import { RawDevice } from './raw-device.js';

const PAUSE_MS = 5;

/** A device that stays connected and sends one message after the other, each once the one before is acknowledged. */
export class HonestDevice {
  acknowledged = 0;
  private stopped = false;

  private constructor(
    private readonly device: RawDevice,
    private readonly topic: string,
  ) {}

  static async connect(hub: HubPart, deviceId: string, key: string): Promise<HonestDevice> {
    const device = await RawDevice.connect(hub, { deviceId, key });
    const { returnCode } = await device.receive('connack');
    if (returnCode !== 0) {
      throw new Error(`The honest device was refused with ${returnCode}`);
    }
    const honest = new HonestDevice(device, `devices/${deviceId}/messages/events/`);
    device.onPacket = (packet) => {
      if (packet.cmd === 'puback') {
        honest.acknowledged++;
        setTimeout(() => honest.sendNext(), PAUSE_MS);
      }
    };
    honest.sendNext();
    return honest;
  }

  /** Waits until a message is acknowledged that was sent after this was called. */
  async served(): Promise<void> {
    const before = this.acknowledged;
    await until(() => this.device.closed || this.acknowledged >= before + 2, {
      what: 'the honest device to be served',
      timeoutMs: 15_000,
      everyMs: 5,
    });
    if (this.device.closed) {
      throw new Error('The connection of the honest device was closed');
    }
  }

  close(): void {
    this.stopped = true;
    this.device.close();
  }

  private sendNext(): void {
    if (!this.stopped && !this.device.closed) {
      const messageId = (this.acknowledged % 65_535) + 1;
      this.device.send({
        cmd: 'publish',
        topic: this.topic,
        payload: 'honest',
        qos: 1,
        dup: false,
        retain: false,
        messageId,
      });
    }
  }
}
