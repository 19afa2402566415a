import type { Clock } from '@mooring/clock';
import { StartedLeases } from '../started-leases.js';

interface Lease {
  readonly incarnation: string;
  /** By the monotonic clock. */
  readonly endsAt: number;
}

/** The leases of processes: one per name, that of its newest incarnation. */
export class LeaseTable {
  readonly #leases = new Map<string, Lease>();
  readonly #started = new StartedLeases();

  constructor(private readonly clock: Clock) {}

  renew(process: string, incarnation: string, ttlMs: number): boolean {
    if (this.#started.has(process, incarnation) && !this.lives(process, incarnation)) {
      return false;
    }
    this.#started.add(process, incarnation);
    this.#leases.set(process, { incarnation, endsAt: this.clock.monotonic() + ttlMs });
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

  live(): { process: string; incarnation: string }[] {
    return [...this.#leases]
      .filter(([process, { incarnation }]) => this.lives(process, incarnation))
      .map(([process, { incarnation }]) => ({ process, incarnation }));
  }
}
