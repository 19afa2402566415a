import type { ConnectionInfo } from '@mooring/listener';
import type { ViolationReason } from '../errors/protocol-violation.js';

/** What is known of the peer of a connection. */
export interface PeerInfo {
  /** Unique within the process; for logs. */
  readonly connectionId: string;
  readonly transport: ConnectionInfo;
  /** From its open, as it says; empty before. */
  readonly containerId: string;
  /** The host name that it asked for in its open; empty if it named none. */
  readonly hostname: string;
  /** Why the hub has ended the connection; undefined while it has not, and where the peer did. */
  readonly ended: ViolationReason | 'drained' | undefined;
}
