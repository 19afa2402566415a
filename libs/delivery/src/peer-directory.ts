import type { Affinity, ProcessLease } from '@mooring/affinity';

/** Edges that are remembered beyond their lease. */
const MAX_FORMER = 256;

/** Where other edges are reached, as their leases say; read again when one is not known yet. */
export class PeerDirectory {
  private leases: ReadonlyMap<string, ProcessLease> = new Map();
  /** Leases that the store has no more, by process. */
  private readonly former = new Map<string, ProcessLease>();
  private reading: Promise<void> | undefined;

  constructor(private readonly affinity: Pick<Affinity, 'liveProcesses'>) {}

  /** Undefined if that life of the edge is over, or it tells no address. Rejects if the store cannot be reached. */
  async addressOf(edge: string, incarnation: string): Promise<string | undefined> {
    if (this.leases.get(edge)?.incarnation !== incarnation) {
      await this.refresh();
    }
    const lease = this.leases.get(edge);
    return lease?.incarnation === incarnation ? lease.address : undefined;
  }

  /**
   * All processes whose lease lives, read anew, and then those that had one before: their leases too went when the store was
   * emptied, while they may go on. Rejects if the store cannot be reached.
   */
  async all(): Promise<readonly ProcessLease[]> {
    await this.refresh();
    return [...this.leases.values(), ...this.former.values()];
  }

  /** Remembers a process no longer, unless its lease lives. */
  forget(process: string): void {
    this.former.delete(process);
  }

  private refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<void> {
    const live = await this.affinity.liveProcesses();
    for (const lease of this.leases.values()) {
      if (this.former.size < MAX_FORMER) {
        this.former.set(lease.process, lease);
      }
    }
    for (const { process } of live) {
      this.former.delete(process);
    }
    this.leases = new Map(live.map((lease) => [lease.process, lease]));
  }
}
