/** Bytes that one read of a partition should bring: what is read is held until its receiver has credit for it. */
const TARGET_BYTES = 256 * 1024;
const FIRST_BATCH = 16;
const LARGEST_BATCH = 500;

/** Chooses how many records to read at once by how large the last ones were. */
export class BatchSize {
  private records = FIRST_BATCH;

  /** @param credit messages that the receiver takes */
  next(credit: number): number {
    return Math.max(1, Math.min(this.records, credit));
  }

  /** Learns from a batch that was read. */
  read(records: number, bytes: number): void {
    if (records > 0) {
      const fitting = Math.floor(TARGET_BYTES / Math.max(1, bytes / records));
      // Grows step by step, so that a few small records before large ones do not ask for very many of those.
      this.records = Math.max(1, Math.min(fitting, this.records * 2, LARGEST_BATCH));
    }
  }
}
