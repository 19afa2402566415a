import type { Appender, AppendOrigin, LogRecord } from '../port.js';

/** Appends records in order, stopping while the appender is full, and resolves when all are durable. */
export function appendAll(appender: Appender, records: readonly LogRecord[]): Promise<void> {
  if (records.length === 0) {
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => new SequenceOrigin(appender, records, { resolve, reject }).appendable());
}

class SequenceOrigin implements AppendOrigin {
  private next = 0;
  private acknowledged = 0;
  private failed = false;

  constructor(
    private readonly appender: Appender,
    private readonly records: readonly LogRecord[],
    private readonly outcome: { resolve(): void; reject(error: Error): void },
  ) {}

  appended(): void {
    this.acknowledged++;
  }

  appendedAll(): void {
    if (this.acknowledged === this.records.length) {
      this.outcome.resolve();
    }
  }

  appendFailed(error: Error): void {
    this.failed = true;
    this.outcome.reject(error);
  }

  appendable(): void {
    while (!this.failed && this.next < this.records.length) {
      const record = this.records[this.next] as LogRecord;
      if (!this.appender.append(record, this, this.next++)) {
        return;
      }
    }
  }
}
