import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCredentials } from '../register-devices.js';
import { ListeningDevice, type ListeningDeviceOptions } from './listening-device.js';

export interface ReconnectingDeviceOptions extends Pick<ListeningDeviceOptions, 'hub' | 'onMethod'> {
  readonly credentials: DeviceCredentials;
  /** Asked for the address before each connection. */
  readonly dial: () => string;
}

const RECONNECT_PAUSE_MS = 100;
const ANSWER_TIMEOUT_MS = 10_000;
const LOGIN_TIMEOUT_MS = 10_000;

/** A device that answers methods, reports to its twin, and connects again whenever it has to. */
export class ReconnectingDevice {
  private current: ListeningDevice | undefined;
  private running = true;
  private readonly done: Promise<void>;

  constructor(private readonly options: ReconnectingDeviceOptions) {
    this.done = this.run();
  }

  /** @returns the version of the reported properties; undefined: no answer, or one of an error @throws Error while not connected */
  async report(patch: object): Promise<number | undefined> {
    if (this.current === undefined) {
      throw new Error('not connected');
    }
    const timeout = new AbortController();
    const silence = pause(ANSWER_TIMEOUT_MS, undefined, { signal: timeout.signal });
    try {
      return await Promise.race([this.current.report(patch), silence]).catch(() => undefined);
    } finally {
      timeout.abort();
      await silence.catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.running = false;
    this.current?.destroy();
    await this.done;
  }

  private async run(): Promise<void> {
    const { dial } = this.options;
    while (this.running) {
      this.current = await ListeningDevice.connect({
        loginTimeoutMs: LOGIN_TIMEOUT_MS,
        ...this.options,
        address: dial(),
      }).catch(() => undefined);
      if (!this.running) {
        this.current?.destroy();
      }
      await (this.current?.closed ?? pause(RECONNECT_PAUSE_MS));
      this.current = undefined;
    }
  }
}
