import { setTimeout as pause } from 'node:timers/promises';
import { LoadDevice } from './device.js';
import type { Address } from './messages.js';
import { Pacer } from './pacer.js';
import type { DeviceLogin } from './packets.js';

export interface FloodOptions {
  readonly address: Address;
  readonly login: DeviceLogin;
  readonly payloadBytes: number;
  /** Messages a second, as long as the network takes them. */
  readonly perSecond: number;
  readonly acknowledged: (latencyMs: number) => void;
}

const RECONNECT_MS = 100;

/** One device that sends without regard for acknowledgements, and comes back whenever it is closed. */
export class Flood {
  private readonly pacer = new Pacer();
  private device: LoadDevice | undefined;
  private isOver = false;

  constructor(private readonly options: FloodOptions) {}

  start(): void {
    this.pacer.start(this.options.perSecond, () => {
      if (this.device?.isCongested === false) {
        this.device.publish();
      }
    });
    void this.stayConnected();
  }

  stop(): void {
    this.isOver = true;
    this.pacer.stop();
    this.device?.close();
  }

  private async stayConnected(): Promise<void> {
    const { address, login, payloadBytes, acknowledged } = this.options;
    const payload = Buffer.alloc(payloadBytes, 'x');
    while (!this.isOver) {
      try {
        this.device = await LoadDevice.connect(address, login, { payload, acknowledged });
        await this.device.closed;
      } catch {
        // Refused, as one that floods may be: it comes again.
      }
      this.device = undefined;
      await pause(RECONNECT_MS);
    }
  }
}
