import type {
  Appender,
  AppendOrigin,
  EventLog,
  LogDeficiency,
  LogRecord,
  PartitionReader,
  StoredRecord,
  Subscription,
} from '@mooring/event-log';
import { control } from '@mooring/proto';

interface Waiting {
  readonly record: LogRecord;
  readonly origin: AppendOrigin;
  readonly token: number;
}

/** An appender whose acknowledgements a test can hold back. */
export class FakeAppender implements Appender {
  readonly records: LogRecord[] = [];
  /** Acknowledge by itself, in the next turn of the event loop. */
  automatic = true;
  /** How many may wait before origins are asked to stop. */
  capacity = Number.POSITIVE_INFINITY;
  private waiting: Waiting[] = [];
  private scheduled = false;
  private emptied: (() => void) | undefined;

  constructor(private readonly onRecord: (record: LogRecord) => void) {}

  get outstanding() {
    return { records: this.waiting.length, bytes: 0 };
  }

  append(record: LogRecord, origin: AppendOrigin, token: number): boolean {
    this.records.push(record);
    this.waiting.push({ record, origin, token });
    if (this.automatic && !this.scheduled) {
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.acknowledge();
      });
    }
    return this.waiting.length < this.capacity;
  }

  async appendAll(records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      this.records.push(record);
      this.onRecord(record);
    }
  }

  async drained(): Promise<void> {
    if (this.waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.emptied = resolve;
      });
    }
  }

  /** Acknowledges what waits, or the first of it. */
  acknowledge(count = this.waiting.length): void {
    const done = this.waiting.splice(0, count);
    for (const { origin, token, record } of done) {
      this.onRecord(record);
      origin.appended(token);
    }
    const origins = new Set(done.map(({ origin }) => origin));
    for (const origin of origins) {
      origin.appendedAll();
    }
    for (const origin of origins) {
      origin.appendable();
    }
    if (this.waiting.length === 0) {
      this.emptied?.();
    }
  }

  /** Gives up on all that waits. */
  fail(): void {
    const origins = new Set(this.waiting.splice(0).map(({ origin }) => origin));
    for (const origin of origins) {
      origin.appendFailed(new Error('the log gave up'));
    }
  }
}

/** An event log in memory, as far as an edge uses one. */
export class FakeEventLog implements EventLog {
  private readonly appenders = new Map<string, FakeAppender>();
  private readonly followers = new Map<string, (record: StoredRecord) => void>();

  appender(topic: string): FakeAppender {
    const appender = this.appenders.get(topic) ?? new FakeAppender((record) => this.deliver(topic, record));
    this.appenders.set(topic, appender);
    return appender;
  }

  async follow(topic: string, handler: (record: StoredRecord) => void): Promise<Subscription> {
    this.followers.set(topic, handler);
    return { close: async () => void this.followers.delete(topic) };
  }

  /** Broadcasts on the control topic. */
  control(event: NonNullable<control.ControlEvent['event']>): void {
    const value = Buffer.from(control.ControlEvent.encode({ timeMs: 0, event }).finish());
    this.deliver('control', { key: '', headers: {}, value });
  }

  beat(): void {
    this.control({ $case: 'beat', value: {} });
  }

  unavailable = false;

  async deficiencies(): Promise<readonly LogDeficiency[]> {
    return this.unavailable ? [{ severity: 'unavailable', message: 'gone' }] : [];
  }

  ensureTopics = unused;
  describeTopic = unused;
  describePartition = unused;
  read: () => Promise<PartitionReader> = unused;
  consume: () => Promise<Subscription> = unused;
  close = unused;

  private deliver(topic: string, { key, value }: LogRecord): void {
    this.followers.get(topic)?.({ topic, partition: 0, offset: 0, timestamp: 0, key, headers: {}, value });
  }
}

function unused(): never {
  throw new Error('an edge does not call this');
}
