import type { Clock } from '@mooring/clock';
import type { DeviceIdentity } from '../device-identity.js';

export interface RecentClaim {
  readonly identity: DeviceIdentity;
  readonly epoch: number;
  /** By the monotonic clock. */
  readonly at: number;
}

/** More than a process admits between two renewals; of what goes beyond nothing is remembered. */
const MAX_REMEMBERED = 50_000;

/** What was claimed since the lease was last known to live: the store may have lost who held it before, unnoticed. */
export class RecentClaims {
  private claims: RecentClaim[] = [];

  constructor(private readonly clock: Clock) {}

  add(identity: DeviceIdentity, epoch: number): void {
    if (this.claims.length < MAX_REMEMBERED) {
      this.claims.push({ identity, epoch, at: this.clock.monotonic() });
    }
  }

  forgetBefore(time: number): void {
    this.claims = this.claims.filter(({ at }) => at >= time);
  }

  take(): readonly RecentClaim[] {
    return this.claims.splice(0);
  }
}
