import { randomUUID } from 'node:crypto';
import type { AppendLimits } from '../appending/back-pressure.js';
import type { AppendOrigin, EventLog, LogRecord, PartitionReader, Position, StoredRecord } from '../port.js';

/** A log that an adapter's tests hand to the contract. */
export interface EventLogUnderTest {
  readonly log: EventLog;
  /** Closes `log` and opens another one on the same data. */
  reopen(): Promise<EventLogUnderTest>;
  /** Closes the log and removes its data. */
  dispose(): Promise<void>;
}

/** Opens a new log whose appenders hold `limits` (per lane, where there are lanes). */
export type MakeEventLog = (limits: AppendLimits) => Promise<EventLogUnderTest>;

export const TEST_LIMITS: AppendLimits = { records: 1_000, bytes: 4 * 1024 * 1024 };

/** The log of the current test; `reopen` may replace it. */
export interface Current {
  subject: EventLogUnderTest;
}

/** How long a condition may take on a busy machine. */
export const PATIENCE_MS = 30_000;

/** Waits until `check` holds. */
export async function eventually(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await check())) {
    if (Date.now() > deadline) {
      throw new Error(`Waited in vain for ${what}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** An origin that notes what it is told. */
export class NotingOrigin implements AppendOrigin {
  readonly tokens: number[] = [];
  readonly errors: Error[] = [];
  /** Number of acknowledgements at each call of `appendedAll`. */
  readonly batches: number[] = [];
  timesAppendable = 0;

  appended(token: number): void {
    this.tokens.push(token);
  }

  appendedAll(): void {
    this.batches.push(this.tokens.length);
  }

  appendFailed(error: Error): void {
    this.errors.push(error);
  }

  appendable(): void {
    this.timesAppendable++;
  }
}

export function record(key: string, text: string, headers: LogRecord['headers'] = {}): LogRecord {
  return { key, headers, value: Buffer.from(text) };
}

export function texts(records: readonly StoredRecord[]): string[] {
  return records.map((one) => one.value.toString());
}

/** A topic of its own for a test. */
export async function newTopic(log: EventLog, partitions: number): Promise<string> {
  const name = `contract.${randomUUID()}`;
  await ensure(log, name, partitions);
  return name;
}

/** Opens the log again, as a program does that starts anew. */
export async function reopen(current: Current, topic: string, partitions: number): Promise<EventLog> {
  current.subject = await current.subject.reopen();
  await ensure(current.subject.log, topic, partitions);
  return current.subject.log;
}

function ensure(log: EventLog, name: string, partitions: number): Promise<void> {
  return log.ensureTopics([{ name, partitions, retentionMs: 24 * 3600 * 1000 }]);
}

/** Reads exactly `count` records. */
export async function take(reader: PartitionReader, count: number): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  while (records.length < count) {
    const some = await reader.next(count - records.length);
    if (some.length === 0) {
      throw new Error(`The reader ended after ${records.length} of ${count} records.`);
    }
    records.push(...some);
  }
  return records;
}

/** Where a read starts, and how many records it takes. */
export interface Stretch {
  readonly from: Position;
  readonly count: number;
}

export async function readSome(log: EventLog, topic: string, { from, count }: Stretch): Promise<StoredRecord[]> {
  const reader = await log.read(topic, 0, from);
  try {
    return await take(reader, count);
  } finally {
    await reader.close();
  }
}

/** Everything in a topic, partition by partition. */
export async function readAll(log: EventLog, topic: string): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  const { partitions } = await log.describeTopic(topic);
  for (let partition = 0; partition < partitions; partition++) {
    const { beginningOffset, nextOffset } = await log.describePartition(topic, partition);
    if (nextOffset > beginningOffset) {
      const reader = await log.read(topic, partition, 'earliest');
      all.push(...(await take(reader, nextOffset - beginningOffset)));
      await reader.close();
    }
  }
  return all;
}
