import type { edge } from '@mooring/proto';

/** The other edges of the hub. */
export interface EdgePeers {
  /** @param address `host:port`, as in that edge's lease; the same client for the same address */
  edge(address: string): edge.EdgeService;
}
