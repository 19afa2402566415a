import type { Clock } from '@mooring/clock';
import { isSameHolder } from '../holder.js';
import type { Affinity, Claim, Held, Holder, Located, Owner, Ownership, ProcessLease } from '../port.js';
import { LeaseTable } from './lease-table.js';
import { ReleasedEpochs } from './released-epochs.js';

/**
 * Affinity within one process. Entries whose lease has ended stay until somebody claims anew, so there are at most as many
 * as identities and partitions.
 */
export class EmbeddedAffinity implements Affinity {
  readonly #leases: LeaseTable;
  readonly #holders = new Map<string, Held>();
  readonly #owners = new Map<string, Owner>();
  readonly #released: ReleasedEpochs;

  constructor(private readonly clock: Clock) {
    this.#leases = new LeaseTable(clock);
    this.#released = new ReleasedEpochs(clock);
  }

  async renewLease(lease: ProcessLease, ttlMs: number): Promise<boolean> {
    return this.#leases.renew(lease, ttlMs);
  }

  async endLease(process: string, incarnation: string): Promise<void> {
    this.#leases.end(process, incarnation);
  }

  async liveProcesses(): Promise<readonly ProcessLease[]> {
    return this.#leases.live();
  }

  async claim(identity: string, holder: Holder): Promise<Claim> {
    const previous = this.#holders.get(identity);
    const epoch = Math.max(this.#lastEpoch(identity) + 1, Math.round(this.clock.now() * 1000));
    this.#hold(identity, holder, epoch);
    if (previous === undefined || isSameHolder(previous, holder)) {
      return { epoch };
    }
    return this.#leases.lives(previous.edge, previous.incarnation) ? { epoch, previous } : { epoch, lapsed: previous };
  }

  async reclaim(identity: string, held: Held): Promise<boolean> {
    if (this.#lastEpoch(identity) > held.epoch) {
      return false;
    }
    this.#hold(identity, held, held.epoch);
    return true;
  }

  async release(identity: string, epoch: number): Promise<void> {
    if (this.#holders.get(identity)?.epoch === epoch) {
      this.#holders.delete(identity);
      this.#released.add(identity, epoch);
    }
  }

  async holders(identities: readonly string[]): Promise<readonly (Held | undefined)[]> {
    return identities.map((identity) => this.#live(identity));
  }

  async locate(identities: readonly string[]): Promise<Located> {
    // Whoever holds something is in this process and would be gone with what is kept here.
    return { holders: await this.holders(identities), complete: true };
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

  #hold(identity: string, { edge, incarnation, connection }: Holder, epoch: number): void {
    this.#holders.set(identity, { edge, incarnation, connection, epoch });
    this.#released.delete(identity);
  }

  #lastEpoch(identity: string): number {
    return this.#holders.get(identity)?.epoch ?? this.#released.of(identity);
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
