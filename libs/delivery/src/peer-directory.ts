import type { Affinity, ProcessLease } from '@mooring/affinity';

/** Where other edges are reached, as their leases say; read again when one is not known yet. */
export class PeerDirectory {
  private leases: ReadonlyMap<string, ProcessLease> = new Map();
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

  /** All processes whose lease lives, read anew. Rejects if the store cannot be reached. */
  async live(): Promise<readonly ProcessLease[]> {
    await this.refresh();
    return [...this.leases.values()];
  }

  private refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<void> {
    const live = await this.affinity.liveProcesses();
    this.leases = new Map(live.map((lease) => [lease.process, lease]));
  }
}
