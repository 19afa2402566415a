import type { Holder } from './port.js';

/** Whether both are the same connection: one that claims again displaces nobody. */
export function isSameHolder(left: Holder, right: Holder): boolean {
  return left.edge === right.edge && left.incarnation === right.incarnation && left.connection === right.connection;
}

/**
 * How long a released identity's epoch is remembered, in milliseconds: so far may the clock be set back without an epoch that
 * comes again.
 */
export const EPOCH_KEPT_MS = 86_400_000;
