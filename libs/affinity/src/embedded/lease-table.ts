import type { Clock } from '@mooring/clock';
import type { ProcessLease } from '../port.js';
import { StartedLeases } from '../started-leases.js';

interface Lease extends ProcessLease {
  /** By the monotonic clock. */
  readonly endsAt: number;
}

/** The leases of processes: one per name, that of its newest incarnation. */
export class LeaseTable {
  readonly #leases = new Map<string, Lease>();
  readonly #started = new StartedLeases();

  constructor(private readonly clock: Clock) {}

  renew({ process, incarnation, address }: ProcessLease, ttlMs: number): boolean {
    if (this.#started.has(process, incarnation) && !this.lives(process, incarnation)) {
      return false;
    }
    this.#started.add(process, incarnation);
    const endsAt = this.clock.monotonic() + ttlMs;
    this.#leases.set(process, { process, incarnation, endsAt, ...(address === undefined ? {} : { address }) });
    return true;
  }

  end(process: string, incarnation: string): void {
    if (this.#leases.get(process)?.incarnation === incarnation) {
      this.#leases.delete(process);
    }
  }

  lives(process: string, incarnation: string): boolean {
    const lease = this.#leases.get(process);
    return lease?.incarnation === incarnation && this.clock.monotonic() < lease.endsAt;
  }

  live(): ProcessLease[] {
    return [...this.#leases.values()]
      .filter(({ process, incarnation }) => this.lives(process, incarnation))
      .map(({ endsAt: _, ...lease }) => lease);
  }
}
