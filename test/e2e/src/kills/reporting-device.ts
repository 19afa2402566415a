import { setTimeout as pause } from 'node:timers/promises';
import { type DeviceCredentials, ListeningDevice } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';

export interface ReportingDeviceOptions {
  readonly hub: HubAccess;
  readonly credentials: DeviceCredentials;
  /** Asked for the address before each connection. */
  readonly dial: () => string;
}

const RECONNECT_PAUSE_MS = 100;
const ANSWER_TIMEOUT_MS = 10_000;

/** A device that reports to its twin, and connects again whenever it has to. */
export class ReportingDevice {
  private current: ListeningDevice | undefined;
  private running = true;
  private readonly done: Promise<void>;

  constructor(private readonly options: ReportingDeviceOptions) {
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
    const { hub, credentials, dial } = this.options;
    while (this.running) {
      this.current = await ListeningDevice.connect({ hub, credentials, address: dial() }).catch(() => undefined);
      if (!this.running) {
        this.current?.destroy();
      }
      await (this.current?.closed ?? pause(RECONNECT_PAUSE_MS));
      this.current = undefined;
    }
  }
}
