import { recordCodec, type Stored, type Versioned } from '@mooring/document-store';
import { type OutboxRecord, PENDING_INDEX } from '@mooring/outbox';
import type { FeedbackEvent, QueueHead } from './queue-head.js';
import { dueTimeOf, type QueueRules } from './queue-rules.js';

interface Body extends OutboxRecord<FeedbackEvent>, QueueHead {
  readonly pending: readonly FeedbackEvent[];
  /** When time alone changes something; absent for an empty queue, so that the index holds no such. */
  readonly dueTime?: number | undefined;
  /** When the newest free message came; absent where all are locked. */
  readonly waitingSince?: number | undefined;
}

/** The queue of one identity; `_id` is its name. */
export type HeadRecord = Versioned<Body>;

export const HEAD_INDEXES = [PENDING_INDEX, ['dueTime'], ['waitingSince']] as const;

const codec = recordCodec<Body>({ name: 'queue', current: 1, upgrades: [] });

export interface HeadRecordOptions {
  readonly rules: QueueRules;
  /** Goes once its feedback is told. */
  readonly isDeparted: boolean;
}

export function toHeadRecord(name: string, head: QueueHead, { rules, isDeparted }: HeadRecordOptions): HeadRecord {
  let dueTime: number | undefined;
  let waitingSince: number | undefined;
  for (const entry of head.entries) {
    dueTime = Math.min(dueTime ?? Number.POSITIVE_INFINITY, dueTimeOf(entry, rules));
    if (entry.lock === undefined) {
      waitingSince = Math.max(waitingSince ?? 0, entry.enqueuedTime);
    }
  }
  const record = { _id: name, ...head, dueTime, waitingSince, pendingSince: head.pending[0]?.time };
  return codec.encode(isDeparted ? { ...record, status: 'deleted' } : record);
}

export function fromHeadRecord(stored: Stored<HeadRecord>): QueueHead {
  const { generation, epoch, nextSequence, entries, settled, pending } = codec.decode(stored);
  return { generation, epoch, nextSequence, entries, settled, pending };
}
