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

/**
 * How long after it was emptied the store may lack holders, in milliseconds: an edge finds out at the next renewal of its lease,
 * of 15 s at most, and then claims again what it holds.
 */
export const REFILL_MS = 30_000;
