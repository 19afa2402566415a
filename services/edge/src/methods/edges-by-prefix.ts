import type { Affinity } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { DeliveryPeers } from '@mooring/delivery';
import type { edge } from '@mooring/proto';
import { prefixOfEdge } from './request-ids.js';

export interface EdgesByPrefixOptions {
  readonly peers: Pick<DeliveryPeers, 'delivery'>;
  readonly affinity: Pick<Affinity, 'liveProcesses'>;
  readonly clock: Clock;
}

/** A device that makes up request ids must not make the store be asked more often. */
const MIN_AGE_MS = 1_000;
const MAX_AGE_MS = 10_000;

/** Finds the edge that has given a device a request id, among those that live. */
export class EdgesByPrefix {
  private addresses: ReadonlyMap<string, string> = new Map();
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  constructor(private readonly options: EdgesByPrefixOptions) {}

  /** Rejects (HubError `ServiceUnavailable`) if the affinity store cannot be reached. */
  async find(prefix: string): Promise<edge.DeliveryService | undefined> {
    const age = this.options.clock.monotonic() - this.readAt;
    if (age >= (this.addresses.has(prefix) ? MAX_AGE_MS : MIN_AGE_MS)) {
      this.reading ??= this.read().finally(() => {
        this.reading = undefined;
      });
      await this.reading;
    }
    const address = this.addresses.get(prefix);
    return address === undefined ? undefined : this.options.peers.delivery(address);
  }

  private async read(): Promise<void> {
    const { affinity, clock } = this.options;
    this.readAt = clock.monotonic();
    const leases = await affinity.liveProcesses();
    this.addresses = new Map(
      leases.flatMap(({ process, address }) => (address === undefined ? [] : [[prefixOfEdge(process), address]])),
    );
  }
}
