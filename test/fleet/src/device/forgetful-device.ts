import { setTimeout as pause } from 'node:timers/promises';
import type { HubAccess } from '@mooring/test-parts';
import type { Random } from '../random.js';
import type { DeviceCredentials } from '../register-devices.js';
import { ListeningDevice } from './listening-device.js';

export interface ForgetfulDeviceOptions {
  readonly hub: Pick<HubAccess, 'host' | 'ca'>;
  readonly credentials: DeviceCredentials;
  readonly random: Random;
  /** Asked for the address before each connection. */
  readonly dial: () => string;
  readonly onDialled: () => void;
  readonly onDelivered: (message: string) => void;
  /** A PUBACK is about to be sent. */
  readonly onAcknowledged: (message: string) => void;
}

const RECONNECT_PAUSE_MS = 100;
/** Messages after which it leaves: fewer than an edge sends without a PUBACK, or it could wait for ever. */
const MAX_TAKEN = 12;
const ACKNOWLEDGED_SHARE = 0.6;
const LOGIN_TIMEOUT_MS = 10_000;

/**
 * A device that takes some cloud-to-device messages, whose bodies are their ids, acknowledges not all of them, and leaves for
 * another connection: one at a time, at any edge. Once told to behave it acknowledges everything and stays.
 */
export class ForgetfulDevice {
  private current: ListeningDevice | undefined;
  private running = true;
  private isForgetful = true;
  private readonly done: Promise<void>;

  constructor(private readonly options: ForgetfulDeviceOptions) {
    this.done = this.run();
  }

  /** What it was given and has not acknowledged comes again, as it connects anew. */
  behave(): void {
    this.isForgetful = false;
    this.reconnect();
  }

  reconnect(): void {
    this.current?.destroy();
  }

  async close(): Promise<void> {
    this.running = false;
    this.reconnect();
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const connected = await this.connectOnce();
      if (!connected) {
        await pause(RECONNECT_PAUSE_MS);
      }
    }
  }

  /** Lives through one connection. @returns whether there was one */
  private async connectOnce(): Promise<boolean> {
    const { hub, credentials, random, dial, onDialled, onDelivered, onAcknowledged } = this.options;
    const isForgetful = this.isForgetful;
    let left = isForgetful ? 1 + random.below(MAX_TAKEN) : Number.POSITIVE_INFINITY;
    let device: ListeningDevice | undefined;
    onDialled();
    try {
      device = await ListeningDevice.connect({
        hub,
        credentials,
        address: dial(),
        loginTimeoutMs: LOGIN_TIMEOUT_MS,
        onMessage: (_topic, body) => {
          // What comes with the last one is lost on the way, as far as the device knows.
          if (left > 0) {
            onDelivered(body.toString());
          }
        },
        acknowledges: (body) => {
          const isAcknowledged = left > 0 && (!isForgetful || random.next() < ACKNOWLEDGED_SHARE);
          left--;
          if (isAcknowledged) {
            onAcknowledged(body.toString());
          }
          if (left === 0) {
            setImmediate(() => device?.destroy());
          }
          return isAcknowledged;
        },
      });
    } catch {
      // Refused or closed, as happens while a process is away: it tries again.
      return false;
    }
    this.current = device;
    // Told to leave, or to behave, before it was connected.
    if (left <= 0 || !this.running || isForgetful !== this.isForgetful) {
      device.destroy();
    }
    await device.closed;
    return true;
  }
}
