import type { OutboxEvent } from '@mooring/outbox';

/** That an identity was connected or disconnected. */
export interface ConnectionEvent extends OutboxEvent {
  readonly kind: 'connection';
  readonly connected: boolean;
  readonly generation: string;
  /** When it happened, by the clock of the edge that saw it; `time` is when it was recorded. */
  readonly changedTime: number;
  readonly sequence: number;
}

/** Events that one state may hold. Only a device that flaps while the event log is away fills it, and then loses its oldest. */
export const MAX_PENDING = 32;

export function appendEvent(pending: readonly ConnectionEvent[], event: ConnectionEvent): readonly ConnectionEvent[] {
  return [...pending, event].slice(-MAX_PENDING);
}

/**
 * The next sequence number. It follows the epoch, so that it grows on where the state was purged and made anew: twice the
 * epoch, one more for the end of the connection. Epochs are microseconds, which leaves room within the safe integers.
 */
export function nextSequence(
  { epoch, sequence }: { readonly epoch: number; readonly sequence: number },
  connected: boolean,
): number {
  return Math.max(sequence + 1, 2 * epoch + (connected ? 0 : 1));
}
