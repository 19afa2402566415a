import { LRUCache } from 'lru-cache';
import type { DeviceIdentity } from '../device-identity.js';
import type { LiveConnections } from '../live/live-connections.js';
import type { PendingAdmissions } from '../pending-admissions.js';

/** Identities whose claims went astray; of more the longest ago are forgotten. */
const MAX_UNSURE = 10_000;

/** What a newer connection elsewhere ends here, whoever tells of it: its edge, or a broadcast. */
export class OlderConnections {
  /** Identities for which this process may stand in the store without a connection. */
  private readonly unsure = new LRUCache<string, true>({ max: MAX_UNSURE });

  constructor(
    private readonly live: LiveConnections,
    private readonly pending: PendingAdmissions,
  ) {}

  /**
   * Closes what is older; what is being admitted is not, should its epoch turn out to be smaller.
   *
   * @returns whether one was here that had displaced all before it. Not so if a claim of this process went astray: it may
   * have displaced somebody elsewhere, who was never told.
   */
  close(identity: DeviceIdentity, epoch: number): boolean {
    this.pending.supersede(identity, epoch);
    const connection = this.live.get(identity.name);
    if (connection?.admission === undefined || connection.admission.epoch >= epoch) {
      return false;
    }
    connection.close('taken-over');
    return !this.unsure.has(identity.name);
  }

  /** Epoch of the connection that is here; 0 if there is none. */
  epochOf(identity: DeviceIdentity): number {
    return this.live.get(identity.name)?.admission?.epoch ?? 0;
  }

  /** Whether that connection is here, or is being admitted. */
  knows(identity: DeviceIdentity, epoch: number): boolean {
    return this.epochOf(identity) === epoch || this.pending.holds(identity, epoch);
  }

  claimed(identity: DeviceIdentity): void {
    this.unsure.delete(identity.name);
  }

  /** A claim was not answered: it may have been carried out all the same. */
  claimLost(identity: DeviceIdentity): void {
    this.unsure.set(identity.name, true);
  }
}
