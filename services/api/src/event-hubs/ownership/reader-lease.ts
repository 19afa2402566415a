import { randomUUID } from 'node:crypto';
import type { Affinity } from '@mooring/affinity';
import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';

/** A process that dies loses its claims after this time. */
const TTL_MS = 10_000;
const RENEW_MS = 3_000;

export interface ReaderLeaseOptions {
  readonly affinity: Pick<Affinity, 'renewLease' | 'endLease'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Name of this reader among those of the cluster. */
  readonly process: string;
  /** The lease had lapsed: what was claimed under it must be claimed again. */
  readonly lapsed: () => void;
}

/** Keeps alive what this process claims in the affinity store. */
export class ReaderLease {
  private currentIncarnation = randomUUID();
  private timer: Timer | undefined;

  constructor(private readonly options: ReaderLeaseOptions) {}

  get process(): string {
    return this.options.process;
  }

  get incarnation(): string {
    return this.currentIncarnation;
  }

  /** Rejects if the affinity store cannot be reached. */
  async start(): Promise<void> {
    await this.renew();
    this.timer = this.options.clock.every(RENEW_MS, () => {
      this.renew().catch((error: unknown) => {
        // Live receivers go on; the next renewal finds out whether the lease has survived.
        this.options.logger.warn({ err: error }, 'The lease of the Event Hubs reader could not be renewed');
      });
    });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.options.affinity.endLease(this.process, this.incarnation);
  }

  private async renew(): Promise<void> {
    const { affinity, process } = this.options;
    if (await affinity.renewLease({ process, incarnation: this.currentIncarnation }, TTL_MS)) {
      return;
    }
    this.currentIncarnation = randomUUID();
    await affinity.renewLease({ process, incarnation: this.currentIncarnation }, TTL_MS);
    this.options.lapsed();
  }
}
