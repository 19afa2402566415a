import type { AckKind, Ending, QueueEntry } from './queue-head.js';

export interface QueueRules {
  readonly maxMessages: number;
  readonly maxDeliveries: number;
  /** How long a connection may hold a message beyond its expiry. */
  readonly graceMs: number;
}

/** Whether the sender of a message wants to be told of its end. */
export function isAskedFor(ack: AckKind, ending: Ending): boolean {
  return ack === 'full' || ack === (ending === 'Success' ? 'positive' : 'negative');
}

/**
 * When time alone changes an entry: a free one expires. A lock ends when it was said to, or, where a connection holds it, a
 * while after the message expired: a connection of a dead edge whose device never comes back would hold it for ever.
 */
export function dueTimeOf({ lock, expiryTime }: QueueEntry, { graceMs }: QueueRules): number {
  return lock === undefined ? expiryTime : (lock.until ?? expiryTime + graceMs);
}

/** How a free entry ends now, if it does. */
export function endingOf(
  { deliveryCount, expiryTime }: QueueEntry,
  rules: QueueRules,
  now: number,
): Ending | undefined {
  if (deliveryCount >= rules.maxDeliveries) {
    return 'DeliveryCountExceeded';
  }
  return expiryTime <= now ? 'Expired' : undefined;
}

/** Decimal numbers of any length: generations begin with the time at which they were given. */
export function isOlderGeneration(left: string, right: string): boolean {
  return left.length === right.length ? left < right : left.length < right.length;
}
