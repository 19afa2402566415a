import type { Clock } from '@mooring/clock';

export interface RecordRateOptions {
  /** Records in a second. */
  readonly max: number;
  readonly onSkipped: () => void;
  readonly clock: Clock;
}

const SECOND_MS = 1_000;

/** Guessing at ids or keys must not flood the log: what is refused beyond a number in a second is only counted. */
export class RecordRate {
  private secondStartedAt = Number.NEGATIVE_INFINITY;
  private count = 0;

  constructor(private readonly options: RecordRateOptions) {}

  /** @returns false if the record is to be left out */
  take(): boolean {
    const { max, onSkipped, clock } = this.options;
    const now = clock.monotonic();
    if (now - this.secondStartedAt >= SECOND_MS) {
      this.secondStartedAt = now;
      this.count = 0;
    }
    if (++this.count <= max) {
      return true;
    }
    onSkipped();
    return false;
  }
}
