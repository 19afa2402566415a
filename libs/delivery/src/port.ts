import type { edge, identity } from '@mooring/proto';

/** Edges in other processes, each by its address: `host:port`, as in its lease. The same client for the same address. */
export interface DeliveryPeers {
  edge(address: string): edge.EdgeService;
  delivery(address: string): edge.DeliveryService;
}

/** Finds the edges at which devices are connected, for services that have something for them. */
export interface DeviceLocator {
  /**
   * Whom to ask for each, in the order of the keys: the edge that holds it; nobody where it is connected nowhere. An edge is
   * always the same object, so that what goes to one can share a call. Rejects (HubError `ServiceUnavailable`) if the affinity
   * store cannot be reached.
   */
  locate(keys: readonly identity.IdentityKey[]): Promise<readonly (readonly edge.DeliveryService[])[]>;
}
