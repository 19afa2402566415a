import { randomUUID } from 'node:crypto';
import type { Affinity } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';

export interface LeaseOptions {
  readonly affinity: Pick<Affinity, 'renewLease' | 'endLease'>;
  /** Name of this process. */
  readonly edge: string;
  /** `host:port` at which other edges reach it; undefined if they do not. */
  readonly address: string | undefined;
  readonly clock: Clock;
}

/** What an edge claimed counts for so long after its last renewal. */
export const LEASE_MS = 15_000;

/**
 * The lease of this process, by its own monotonic clock: a renewal counts from the moment before it was sent, so that here it
 * ends no later than in the store.
 */
export class Lease {
  private life: string = randomUUID();
  private renewedAt: number;
  private endsAt = Number.NEGATIVE_INFINITY;
  private goesOnUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: LeaseOptions) {
    this.renewedAt = options.clock.monotonic();
  }

  get incarnation(): string {
    return this.life;
  }

  /** Whether what is claimed under it counts. */
  get lives(): boolean {
    return this.options.clock.monotonic() < this.endsAt;
  }

  /**
   * Whether connections may be read and delivered to. They may beyond the lease's end while the store is tried and cannot be
   * reached; but not if the process did nothing for so long that the lease may have lapsed (it was frozen, its machine slept).
   * Asked at every read.
   */
  get goesOn(): boolean {
    return this.options.clock.monotonic() < this.goesOnUntil;
  }

  /** Time since the last renewal. */
  get unrenewedMs(): number {
    return this.options.clock.monotonic() - this.renewedAt;
  }

  /** @returns false if it had lapsed: `startAnew`. Rejects if the store cannot be reached. */
  async renew(): Promise<boolean> {
    const { affinity, edge, address, clock } = this.options;
    const sentAt = clock.monotonic();
    const lease = { process: edge, incarnation: this.life, ...(address === undefined ? {} : { address }) };
    if (!(await affinity.renewLease(lease, LEASE_MS))) {
      return false;
    }
    this.renewedAt = sentAt;
    this.endsAt = sentAt + LEASE_MS;
    this.goesOnUntil = this.endsAt;
    return true;
  }

  /** The store was tried in vain. */
  unreachable(): void {
    if (this.goesOn) {
      this.goesOnUntil = this.options.clock.monotonic() + LEASE_MS;
    }
  }

  /** A new incarnation, which has no lease before it is renewed. */
  startAnew(): void {
    this.life = randomUUID();
    this.endsAt = Number.NEGATIVE_INFINITY;
    this.goesOnUntil = Number.NEGATIVE_INFINITY;
  }

  async end(): Promise<void> {
    await this.options.affinity.endLease(this.options.edge, this.life);
  }
}
