import { HubError } from '@mooring/errors';
import type { Appender, AppendOrigin, LogRecord } from '@mooring/event-log';

/** Appends the records of one request, no faster than their lane takes them; resolves when all are durable. */
export function appendDurably(appender: Appender, records: readonly LogRecord[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  new DurableAppend(appender, records, { resolve, reject }).proceed();
  return promise;
}

interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class DurableAppend implements AppendOrigin {
  private next = 0;
  private durable = 0;
  private failed = false;

  constructor(
    private readonly appender: Appender,
    private readonly records: readonly LogRecord[],
    private readonly settle: Settle,
  ) {}

  proceed(): void {
    let hasRoom = true;
    while (hasRoom && !this.failed) {
      const record = this.records[this.next];
      if (record === undefined) {
        return;
      }
      hasRoom = this.appender.append(record, this, this.next++);
    }
  }

  appended(): void {
    this.durable++;
  }

  appendedAll(): void {
    if (this.durable === this.records.length) {
      this.settle.resolve();
    }
  }

  appendFailed(error: Error): void {
    this.failed = true;
    this.settle.reject(
      new HubError('ServiceUnavailable', 'The messages could not be stored: send them again.', { cause: error }),
    );
  }

  appendable(): void {
    this.proceed();
  }
}
