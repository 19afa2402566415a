import type { Clock } from '@mooring/clock';
import { BSON, MongoAPIError, MongoInvalidArgumentError } from 'mongodb';
import { DocumentStoreError } from '../documents/errors.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** The tries of one call, which together end within a limit. */
export class Retry {
  private readonly endsAt: number;
  private pauseMs = FIRST_PAUSE_MS;

  constructor(
    private readonly clock: Clock,
    limitMs: number,
  ) {
    this.endsAt = clock.monotonic() + limitMs;
  }

  /**
   * Waits before the next try; a little longer each time.
   *
   * @throws DocumentStoreError where trying again is of no use, or there is no time left
   */
  async pauseAfter(cause: unknown): Promise<void> {
    if (cause instanceof MongoAPIError || cause instanceof BSON.BSONError || this.clock.monotonic() >= this.endsAt) {
      throw translate(cause);
    }
    await new Promise<void>((resolve) => this.clock.after(this.pauseMs, resolve));
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
  }
}

/** The error of the driver as the port's. */
export function translate(cause: unknown): DocumentStoreError {
  if (cause instanceof DocumentStoreError) {
    return cause;
  }
  if (cause instanceof MongoInvalidArgumentError || cause instanceof BSON.BSONError) {
    return new DocumentStoreError('invalid', 'MongoDB cannot hold this document.', { cause });
  }
  return new DocumentStoreError('unavailable', 'MongoDB is not available.', { cause });
}
