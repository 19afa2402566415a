import type { ConnectionInfo } from '@mooring/listener';

/** What is known of the peer of a connection. */
export interface PeerInfo {
  /** Unique within the process; for logs. */
  readonly connectionId: string;
  readonly transport: ConnectionInfo;
  /** From its open, as it says; empty before. */
  readonly containerId: string;
  /** The host name that it asked for in its open; empty if it named none. */
  readonly hostname: string;
}
