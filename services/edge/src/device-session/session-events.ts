import type { Admission } from './live/live-connection.js';
import type { TakeOver } from './ownership/displacement.js';

/** What becomes of identities here, for whoever keeps account of it. Called on the path of connections: returns at once. */
export interface SessionEvents {
  /** An identity is connected; told again when it is held under a new incarnation of the lease. */
  connected(admission: Admission): void;
  disconnected(admission: Admission): void;
  tookOver(takeOver: TakeOver): void;
}
