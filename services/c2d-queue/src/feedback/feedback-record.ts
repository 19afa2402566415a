import { keyOfName } from '@mooring/credentials';
import { recordCodec, type Stored, type Versioned } from '@mooring/document-store';
import type { Ending, FeedbackEvent } from '../queue/queue-head.js';

interface Body {
  readonly _id: string;
  readonly deviceId: string;
  readonly moduleId: string;
  readonly generation: string;
  readonly ending: Ending;
  readonly messageId: string;
  /** When the message left its queue. */
  readonly time: number;
  readonly expiryTime: number;
  /** From when on it can be received: `time`, or the end of the lock. */
  readonly visibleTime: number;
  readonly deliveryCount: number;
  /** In base64url; absent: free. */
  readonly lockToken?: string | undefined;
}

/** Feedback on one message; `_id` is the message's. */
export type FeedbackDocument = Versioned<Body>;

export const FEEDBACK_INDEXES = [['visibleTime'], ['expiryTime'], ['lockToken']] as const;

export const feedbackCodec = recordCodec<Body>({ name: 'feedback', current: 1, upgrades: [] });

export type FeedbackState = Stored<Body>;

export function toFeedback(name: string, event: FeedbackEvent, timeToLiveMs: number): FeedbackDocument {
  const { id, time, generation, ending, messageId } = event;
  return feedbackCodec.encode({
    _id: id,
    ...keyOfName(name),
    generation,
    ending,
    messageId,
    time,
    expiryTime: time + timeToLiveMs,
    visibleTime: time,
    deliveryCount: 0,
  });
}
