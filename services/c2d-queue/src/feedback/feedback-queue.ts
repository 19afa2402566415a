import { randomBytes } from 'node:crypto';
import type { Clock } from '@mooring/clock';
import type { Collection, Write } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import { FEEDBACK_RECORDS, MAX_LOCK_MS } from '../limits.js';
import type { Ending } from '../queue/queue-head.js';
import { tokenBytes, tokenText } from '../requests/receivers.js';
import { settledAs } from '../requests/settling.js';
import { type FeedbackDocument, type FeedbackState, feedbackCodec } from './feedback-record.js';

const TOKEN_BYTES = 16;
/** Rounds of one call in which others may come first, or everything found has been delivered too often. */
const ATTEMPTS = 5;

const DESCRIPTIONS: Readonly<Record<Ending, string>> = {
  Success: 'Success',
  Expired: 'Message expired',
  DeliveryCountExceeded: 'Message delivery count exceeded',
  Rejected: 'Message rejected',
  Purged: 'Message purged',
};

export interface FeedbackQueueOptions {
  readonly collection: Collection<FeedbackDocument>;
  readonly clock: Clock;
  /** How long feedback waits for more. */
  readonly delayMs: number;
  readonly lockMs: number;
  readonly maxDeliveries: number;
  readonly ended: (how: 'settled' | 'expired' | 'exceeded', records: number) => void;
  /** Somebody settled by a lock that has ended, or never was. */
  readonly lockLost: (error: HubError) => void;
}

/**
 * Feedback on messages of the whole hub. Records are locked many at a time, each by itself, so that receivers in several
 * processes need not agree on anything but the version of each record.
 */
export class FeedbackQueue {
  constructor(private readonly options: FeedbackQueueOptions) {}

  /** @throws HubError `ArgumentInvalid` */
  async receive({ lockMs }: c2dqueue.ReceiveFeedbackRequest): Promise<c2dqueue.ReceiveFeedbackResponse> {
    if (!Number.isSafeInteger(lockMs) || lockMs < 0 || lockMs > MAX_LOCK_MS) {
      throw new HubError('ArgumentInvalid', `A lock lasts at most ${MAX_LOCK_MS} ms.`);
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await this.receivable();
      if (found.length === 0) {
        break;
      }
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const locked = await this.lock(found, token, lockMs === 0 ? this.options.lockMs : lockMs);
      if (locked.length > 0) {
        return toResponse(token, locked);
      }
    }
    return { lockToken: Buffer.alloc(0), enqueuedTimeMs: 0, deliveryCount: 0, records: [] };
  }

  /** @throws HubError `DeviceMessageLockLost`, `ArgumentInvalid` */
  async settle({ lockToken, outcome }: c2dqueue.SettleFeedbackRequest): Promise<c2dqueue.SettleFeedbackResponse> {
    const { collection, clock, ended, lockLost } = this.options;
    const as = settledAs(outcome);
    const token = tokenText(lockToken);
    const held = token === undefined ? [] : await this.query({ lockToken: token }, 'visibleTime');
    const now = clock.now();
    if (held.length === 0 || held.some(({ visibleTime }) => visibleTime <= now)) {
      const error = new HubError('DeviceMessageLockLost', 'The lock has ended, or there never was one.');
      lockLost(error);
      throw error;
    }
    const outcomes = await collection.bulk(
      held.map((record): Write<FeedbackDocument> => {
        const condition = { version: record.version };
        return as === 'abandon'
          ? { kind: 'put', document: feedbackCodec.encode(freed(record)), condition }
          : { kind: 'delete', id: record._id, condition };
      }),
    );
    if (as !== 'abandon') {
      ended('settled', outcomes.filter(({ outcome: written }) => written === 'written').length);
    }
    return {};
  }

  /** Removes what nobody has received in time. @returns how many */
  async removeExpired(limit: number): Promise<number> {
    const { collection, clock, ended } = this.options;
    const found = await collection.query({
      filter: { expiryTime: { $lte: clock.now() } },
      sort: [['expiryTime', 1]],
      limit,
    });
    if (found.length > 0) {
      await collection.bulk(found.map(({ _id, version }) => ({ kind: 'delete', id: _id, condition: { version } })));
      ended('expired', found.length);
    }
    return found.length;
  }

  /** A full message of feedback, or what has waited long enough with all that came since. */
  private async receivable(): Promise<FeedbackState[]> {
    const { clock, delayMs } = this.options;
    const now = clock.now();
    const found = await this.query({ visibleTime: { $lte: now } }, 'visibleTime');
    const isDue = found.length === FEEDBACK_RECORDS || (found[0]?.visibleTime ?? now) <= now - delayMs;
    return isDue ? found : [];
  }

  /** @returns those that nobody else has locked first */
  private async lock(found: readonly FeedbackState[], token: string, lockMs: number): Promise<FeedbackState[]> {
    const { collection, clock, maxDeliveries, ended } = this.options;
    const now = clock.now();
    const until = now + lockMs;
    const planned = found.map((record) => {
      const isOver = record.deliveryCount >= maxDeliveries || record.expiryTime <= now;
      const locked = { ...record, visibleTime: until, lockToken: token, deliveryCount: record.deliveryCount + 1 };
      const condition = { version: record.version };
      const write: Write<FeedbackDocument> = isOver
        ? { kind: 'delete', id: record._id, condition }
        : { kind: 'put', document: feedbackCodec.encode(locked), condition };
      return { locked, isOver, write };
    });
    const outcomes = await collection.bulk(planned.map(({ write }) => write));
    const done = planned.filter((_, index) => outcomes[index]?.outcome === 'written');
    ended('exceeded', done.filter(({ isOver }) => isOver).length);
    return done.filter(({ isOver }) => !isOver).map(({ locked }) => locked);
  }

  private async query(filter: Readonly<Record<string, unknown>>, by: string): Promise<FeedbackState[]> {
    const found = await this.options.collection.query({ filter, sort: [[by, 1]], limit: FEEDBACK_RECORDS });
    return found.map((stored) => feedbackCodec.decode(stored));
  }
}

function freed({ lockToken: _token, ...record }: FeedbackState): FeedbackState {
  return { ...record, visibleTime: record.time };
}

function toResponse(token: string, records: readonly FeedbackState[]): c2dqueue.ReceiveFeedbackResponse {
  const ordered = [...records].sort((left, right) => left.time - right.time);
  return {
    lockToken: tokenBytes(token),
    enqueuedTimeMs: ordered.at(-1)?.time ?? 0,
    deliveryCount: Math.max(...ordered.map(({ deliveryCount }) => deliveryCount)) - 1,
    records: ordered.map(({ messageId, time, ending, deviceId, moduleId, generation }) => ({
      originalMessageId: messageId,
      enqueuedTimeMs: time,
      statusCode: ending,
      description: DESCRIPTIONS[ending],
      deviceId,
      moduleId,
      deviceGenerationId: generation,
    })),
  };
}
