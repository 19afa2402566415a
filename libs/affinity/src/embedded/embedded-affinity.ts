import type { Clock } from '@mooring/clock';
import type { Affinity, Claim, Held, Holder, Owner, Ownership } from '../port.js';
import { LeaseTable } from './lease-table.js';

/**
 * Affinity within one process. Entries whose lease has ended stay until somebody claims anew, so there are at most as many
 * as identities and partitions.
 */
export class EmbeddedAffinity implements Affinity {
  readonly #leases: LeaseTable;
  readonly #holders = new Map<string, Held>();
  readonly #owners = new Map<string, Owner>();
  /** The greatest epoch ever, of any identity: so a released one need not be remembered. */
  #lastEpoch = 0;

  constructor(private readonly clock: Clock) {
    this.#leases = new LeaseTable(clock);
  }

  async renewLease(process: string, incarnation: string, ttlMs: number): Promise<boolean> {
    return this.#leases.renew(process, incarnation, ttlMs);
  }

  async endLease(process: string, incarnation: string): Promise<void> {
    this.#leases.end(process, incarnation);
  }

  async liveProcesses(): Promise<readonly { readonly process: string; readonly incarnation: string }[]> {
    return this.#leases.live();
  }

  async claim(identity: string, holder: Holder): Promise<Claim> {
    const previous = this.#live(identity);
    this.#lastEpoch = Math.max(this.#lastEpoch + 1, this.clock.now() * 1000);
    const { edge, incarnation, connection } = holder;
    this.#holders.set(identity, { edge, incarnation, connection, epoch: this.#lastEpoch });
    return previous === undefined ? { epoch: this.#lastEpoch } : { epoch: this.#lastEpoch, previous };
  }

  async reclaim(identity: string, { edge, incarnation, connection, epoch }: Held): Promise<boolean> {
    if ((this.#holders.get(identity)?.epoch ?? 0) > epoch) {
      return false;
    }
    this.#lastEpoch = Math.max(this.#lastEpoch, epoch);
    this.#holders.set(identity, { edge, incarnation, connection, epoch });
    return true;
  }

  async release(identity: string, epoch: number): Promise<void> {
    if (this.#holders.get(identity)?.epoch === epoch) {
      this.#holders.delete(identity);
    }
  }

  async holders(identities: readonly string[]): Promise<readonly (Held | undefined)[]> {
    return identities.map((identity) => this.#live(identity));
  }

  async claimOwnership(partition: string, owner: Owner): Promise<Ownership> {
    const current = this.#liveOwner(partition);
    const other = current?.receiver === owner.receiver ? undefined : current;
    if (other !== undefined && other.level > owner.level) {
      return { granted: false, owner: other };
    }
    const { receiver, process, incarnation, level } = owner;
    this.#owners.set(partition, { receiver, process, incarnation, level });
    return other === undefined ? { granted: true } : { granted: true, previous: other };
  }

  async releaseOwnership(partition: string, receiver: string): Promise<void> {
    if (this.#owners.get(partition)?.receiver === receiver) {
      this.#owners.delete(partition);
    }
  }

  async deficiency(): Promise<string | undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#holders.clear();
    this.#owners.clear();
  }

  #live(identity: string): Held | undefined {
    const held = this.#holders.get(identity);
    return held !== undefined && this.#leases.lives(held.edge, held.incarnation) ? held : undefined;
  }

  #liveOwner(partition: string): Owner | undefined {
    const owner = this.#owners.get(partition);
    return owner !== undefined && this.#leases.lives(owner.process, owner.incarnation) ? owner : undefined;
  }
}
