import type { OutboxEvent } from '@mooring/outbox';

/** Which feedback the sender asked for. */
export type AckKind = 'none' | 'positive' | 'negative' | 'full';

/** How a message left its queue, by the status codes of feedback. */
export type Ending = 'Success' | 'Expired' | 'DeliveryCountExceeded' | 'Rejected' | 'Purged';

export type SettledAs = 'complete' | 'reject' | 'abandon';

/** Times are milliseconds since the Unix epoch. */
export interface Lock {
  /** 16 bytes in base64url. */
  readonly token: string;
  /** Of the connection that holds it; 0: none does. */
  readonly epoch: number;
  /** Absent: as long as the connection holds it. */
  readonly until?: number | undefined;
}

/** A message in its queue; its content is a document of its own, unless it is small. */
export interface QueueEntry {
  readonly sequence: number;
  /** Of the content, where that is a document of its own. */
  readonly id: string;
  /** Bytes of the content. */
  readonly size: number;
  /** The content itself, a `c2dqueue.Message`, where it is small. */
  readonly content?: Uint8Array | undefined;
  readonly enqueuedTime: number;
  readonly expiryTime: number;
  readonly ack: AckKind;
  /** As the sender gave it; empty where no feedback needs it. */
  readonly messageId: string;
  /** Deliveries so far, the one that holds the lock included. */
  readonly deliveryCount: number;
  /** Absent: free. */
  readonly lock?: Lock | undefined;
}

/** A lock that was settled not long ago, so that a settlement whose reply was lost may come again. */
export interface SettledLock {
  readonly token: string;
  readonly as: SettledAs;
  readonly time: number;
}

/** Feedback on a message that has left the queue; its `id` is the message's, so that there is one for each. */
export interface FeedbackEvent extends OutboxEvent {
  readonly generation: string;
  readonly ending: Ending;
  readonly messageId: string;
}

/** The queue of one identity, without the contents of its messages. */
export interface QueueHead {
  /** Of the identity that the messages are for. */
  readonly generation: string;
  /** The greatest of the connections that received. */
  readonly epoch: number;
  readonly nextSequence: number;
  /** In the order of arrival. */
  readonly entries: readonly QueueEntry[];
  /** Oldest first. */
  readonly settled: readonly SettledLock[];
  /** Feedback that is on its way, oldest first. */
  readonly pending: readonly FeedbackEvent[];
}

export const EMPTY_QUEUE: QueueHead = {
  generation: '',
  epoch: 0,
  nextSequence: 1,
  entries: [],
  settled: [],
  pending: [],
};
