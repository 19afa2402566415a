/**
 * Affinity: who holds what, for the whole cluster. A device is held by one connection of one edge; a partition of a consumer
 * group by one receiver. Nothing here is durable: after a loss the holders claim again, and the higher epoch wins.
 * Embedded: in this process. Distributed: Redis.
 */

/** A connection that holds an identity. */
export interface Holder {
  /** Name of the edge process. */
  readonly edge: string;
  /** Which life of that process's lease: a lapsed lease is never renewed, the edge starts a new incarnation. */
  readonly incarnation: string;
  /** The connection within the edge. */
  readonly connection: string;
}

export interface Held extends Holder {
  /** Fences late writers: a later claim always has a greater one. Microseconds since the Unix epoch, or previous + 1. */
  readonly epoch: number;
}

export interface Claim {
  readonly epoch: number;
  /** Who held it until now and has to be closed; absent if nobody whose lease lives. */
  readonly previous?: Held;
  /** Who held it under a lease that does not live any more: it need not be waited for, but may not know that yet. */
  readonly lapsed?: Held;
}

/** One life of a process, for which it claims. */
export interface ProcessLease {
  /** Unique among the processes that live. */
  readonly process: string;
  readonly incarnation: string;
  /** `host:port` at which the other processes of the hub reach it; absent if they do not. */
  readonly address?: string;
}

/** A receiver of a partition that attached with an owner level (Event Hubs: epoch). */
export interface Owner {
  /** Unique among all receivers of the cluster. */
  readonly receiver: string;
  /** Name and incarnation of the process that it is attached to; the entry counts only while that lease lives. */
  readonly process: string;
  readonly incarnation: string;
  /** Owner level; a higher or equal one steals. */
  readonly level: number;
}

export type Ownership =
  | { readonly granted: true; readonly previous?: Owner }
  /** Somebody holds it at a higher level. */
  | { readonly granted: false; readonly owner: Owner };

/** Who holds some identities. */
export interface Located {
  /** In the order asked; undefined where nobody is known to hold it whose lease lives. */
  readonly holders: readonly (Held | undefined)[];
  /** Whether undefined means that nobody does. For a while after the store was emptied (or made) holders may still be missing. */
  readonly complete: boolean;
}

/**
 * Rejections of any call (`HubError` `ServiceUnavailable`) mean that the affinity store cannot be reached; nothing is known
 * then.
 */
export interface Affinity {
  /**
   * Starts a lease for a process and its incarnation: what it claims counts as long as the lease is renewed in time. Its
   * address is that of the last renewal.
   * @returns false if that incarnation's lease has lapsed before: it must start a new incarnation and claim again.
   */
  renewLease(lease: ProcessLease, ttlMs: number): Promise<boolean>;
  /** Ends a lease at once, and with it all that was claimed under it. */
  endLease(process: string, incarnation: string): Promise<void>;
  /** Processes whose lease lives. */
  liveProcesses(): Promise<readonly ProcessLease[]>;

  /**
   * Takes over an identity (device id, or `device/module`): always granted, the newest wins. A claim that is rejected may have
   * been carried out all the same, and whom it displaced is not known then: the next claim is told the connection that was
   * refused as the previous one, so an edge that is asked to close a connection which it does not know must not confirm that.
   */
  claim(identity: string, holder: Holder): Promise<Claim>;
  /**
   * Claims again what was granted before the store was emptied; refused (false) if a greater epoch is there by now.
   */
  reclaim(identity: string, held: Held): Promise<boolean>;
  /** Lets go, if it is still held with that epoch. */
  release(identity: string, epoch: number): Promise<void>;
  /** Who holds each, in the order asked; undefined where nobody does whose lease lives. One round trip. */
  holders(identities: readonly string[]): Promise<readonly (Held | undefined)[]>;

  /** The same for whoever must know whether an absence is certain. One round trip. */
  locate(identities: readonly string[]): Promise<Located>;

  /** Claims a partition of a consumer group, e.g. `events/$default/3`. */
  claimOwnership(partition: string, owner: Owner): Promise<Ownership>;
  releaseOwnership(partition: string, receiver: string): Promise<void>;

  /** Undefined if all is well, else what is wrong; shown by readiness. */
  deficiency(): Promise<string | undefined>;
  close(): Promise<void>;
}
