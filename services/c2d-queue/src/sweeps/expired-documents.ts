import type { Clock } from '@mooring/clock';
import type { FeedbackQueue } from '../feedback/feedback-queue.js';
import type { BodyStore } from '../store/body-store.js';

/** By then no clock of the hub's processes takes a message for one that has not expired. */
const SKEW_MS = 300_000;
/** Contents are up to 64 KiB. */
const BODIES = 100;
const FEEDBACK = 1_000;

export interface ExpiredDocumentsOptions {
  readonly bodies: Pick<BodyStore, 'removeExpired'>;
  readonly feedback: Pick<FeedbackQueue, 'removeExpired'>;
  readonly clock: Clock;
  /** How long a message may be held beyond its expiry. */
  readonly graceMs: number;
}

/**
 * Removes contents that a killed process has left, be it before their message was in its queue or after it had gone, and
 * feedback that nobody has received.
 */
export class ExpiredDocuments {
  constructor(private readonly options: ExpiredDocumentsOptions) {}

  async remove(): Promise<void> {
    const { bodies, feedback, clock, graceMs } = this.options;
    const before = clock.now() - graceMs - SKEW_MS;
    await untilFewer(BODIES, () => bodies.removeExpired(before, BODIES));
    await untilFewer(FEEDBACK, () => feedback.removeExpired(FEEDBACK));
  }
}

async function untilFewer(full: number, remove: () => Promise<number>): Promise<void> {
  let removed: number;
  do {
    removed = await remove();
  } while (removed === full);
}
