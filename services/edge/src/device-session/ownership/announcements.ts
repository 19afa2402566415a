import type { Clock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { control } from '@mooring/proto';
import type { DeviceIdentity } from '../device-identity.js';

export interface AnnouncementsOptions {
  /** Resolves when they are in the event log. */
  readonly send: (takeOvers: readonly control.ConnectionTakenOver[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

const MAX_BATCH = 1_000;
const RETRY_MS = 1_000;
/** Identities that may wait for an event log that is away; beyond them the oldest is forgotten. */
const MAX_WAITING = 100_000;

/** Tells all processes which identities are held here, until the event log has taken it. */
export class Announcements {
  /** The newest of each identity. */
  private readonly waiting = new Map<string, control.ConnectionTakenOver>();
  private sending = false;

  constructor(private readonly options: AnnouncementsOptions) {}

  announce({ name, deviceId, moduleId }: DeviceIdentity, epoch: number): void {
    this.waiting.delete(name);
    this.waiting.set(name, { deviceId, moduleId, epoch });
    const [oldest] = this.waiting.keys();
    if (this.waiting.size > MAX_WAITING && oldest !== undefined) {
      this.waiting.delete(oldest);
    }
    void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    if (this.sending) {
      return;
    }
    this.sending = true;
    while (this.waiting.size > 0) {
      const batch = [...this.waiting].slice(0, MAX_BATCH);
      try {
        await this.options.send(batch.map(([, takeOver]) => takeOver));
        for (const [name, takeOver] of batch) {
          if (this.waiting.get(name) === takeOver) {
            this.waiting.delete(name);
          }
        }
      } catch (error) {
        this.options.log.warn({ err: error }, 'take-overs could not be broadcast; this is tried again');
        await new Promise<void>((resolve) => void this.options.clock.after(RETRY_MS, resolve));
      }
    }
    this.sending = false;
  }
}
