/**
 * The event log: the hub's durable memory of what happened. Records of one key keep their order; what was acknowledged is
 * never lost; consumers get each record at least once. Embedded: on disk, in this process. Distributed: Kafka.
 */

/** Name → text (UTF-8) or bytes, in order of insertion. Made with a null prototype where a name may come from outside. */
export type RecordHeaders = Readonly<Record<string, string | Buffer>>;

/** A record to append. */
export interface LogRecord {
  /** Chooses the partition; records of one key keep their order. */
  readonly key: string;
  readonly headers: RecordHeaders;
  /** Kept as it is. Must not be changed by the caller until the record is acknowledged. */
  readonly value: Buffer;
}

/** A record as the log holds it. */
export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  /** Position in its partition: 0, 1, 2, … (holes are possible on Kafka). */
  readonly offset: number;
  /** When the log took it, in milliseconds since the Unix epoch; never decreases within a partition. */
  readonly timestamp: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, Buffer>>;
  readonly value: Buffer;
}

/**
 * Who appends: one object per connection, not per message. Its methods must not throw and must return at once; all are
 * called outside of `append`.
 */
export interface AppendOrigin {
  /**
   * The record that was appended with `token` is durable. Called once per record, in the order of the origin's appends
   * to one partition, many in a row for a batch.
   */
  appended(token: number): void;
  /** A batch of calls to `appended` is over: the place to flush what they collected. Called once per origin and batch. */
  appendedAll(): void;
  /**
   * The log gave up on a batch that holds records of this origin. These and all that the origin has queued in that lane are
   * dropped, unacknowledged: whether the log has them is unknown. The origin must be closed, so that its device sends again
   * in order.
   */
  appendFailed(error: Error): void;
  /** There is room again, after `append` had returned false. */
  appendable(): void;
}

/** Appends to one topic. */
export interface Appender {
  /**
   * Queues a record for the next batch of its lane and returns at once. The record is always taken; `false` means that its
   * lane, or the whole appender, is at its limit: the origin must stop producing until `appendable` is called. After the log
   * was closed the record is dropped, unacknowledged.
   */
  append(record: LogRecord, origin: AppendOrigin, token: number): boolean;
  /** Appends some records and resolves when all are durable; for callers off the message path. */
  appendAll(records: readonly LogRecord[]): Promise<void>;
  /** What waits or is on its way, for metrics. */
  readonly outstanding: { readonly records: number; readonly bytes: number };
  /** Resolves when nothing is outstanding any more; for a drain. */
  drained(): Promise<void>;
}

/** A topic as the hub wants it. */
export interface TopicSpec {
  readonly name: string;
  /** Fixed for the life of the topic, since the key chooses the partition. */
  readonly partitions: number;
  /** Records may be forgotten once they are older than this. */
  readonly retentionMs: number;
}

export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
}

export interface PartitionDescription {
  /** Offset of the oldest record kept (equals `nextOffset` if there is none). */
  readonly beginningOffset: number;
  /** Offset that the next record will get. */
  readonly nextOffset: number;
  /** Offset and time of the newest record, if there is one. */
  readonly last: { readonly offset: number; readonly timestamp: number } | undefined;
}

/** Where to start: at the first record whose offset or timestamp is at least the one given, at the oldest, or after the newest. */
export type Position = { readonly offset: number } | { readonly timestamp: number } | 'earliest' | 'latest';

/** Reads one partition from a position on, independently of any group. */
export interface PartitionReader {
  /**
   * Resolves with 1 to `maxRecords` records, in order, as soon as there are any; with none once the reader is closed.
   * One call at a time. Rejects if the log cannot be read for good (the caller opens another reader).
   */
  next(maxRecords: number): Promise<readonly StoredRecord[]>;
  close(): Promise<void>;
}

export interface ConsumeOptions {
  readonly topic: string;
  /** Members of one group share the partitions among them, across processes. */
  readonly group: string;
  /** Where a group starts that has never committed. */
  readonly from: 'earliest' | 'latest';
  /** At most so many records in one call of the handler; 500 if not given. */
  readonly maxRecords?: number;
}

/**
 * Records of one partition, in order, at least one. Called once at a time per partition; calls for different partitions
 * overlap.
 */
export type BatchHandler = (records: readonly StoredRecord[]) => Promise<void>;

export interface Subscription {
  /** Resolves when the handler is not running and will not be called again. */
  close(): Promise<void>;
}

/** Something that makes the log less than promised, or unusable: shown by readiness. */
export interface LogDeficiency {
  /** `unavailable`: appends cannot be acknowledged now. `weak`: they are, with less safety than promised. */
  readonly severity: 'unavailable' | 'weak';
  readonly message: string;
}

export interface EventLog {
  /** Creates the topics that are missing (and corrects the retention of the others); call before any other use of them. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** The same appender for the same topic, always. */
  appender(topic: string): Appender;
  describeTopic(topic: string): Promise<TopicDescription>;
  describePartition(topic: string, partition: number): Promise<PartitionDescription>;
  read(topic: string, partition: number, from: Position): Promise<PartitionReader>;
  /**
   * Consumes as a member of a group. Once the handler's promise resolves its records are committed; if it rejects they are
   * handed over again after a pause, and nothing later of that partition before them. Resolves when consuming has begun.
   */
  consume(options: ConsumeOptions, handler: BatchHandler): Promise<Subscription>;
  /**
   * Broadcast: every follower, in every process, gets every record of the topic that is appended after this resolves, in
   * the order of each partition. A handler must not throw.
   */
  follow(topic: string, handler: (record: StoredRecord) => void): Promise<Subscription>;
  /** What is wrong now; empty if all is as promised. */
  deficiencies(): Promise<readonly LogDeficiency[]>;
  /** Ends all readers, subscriptions and appenders. What is outstanding is not waited for (see `Appender.drained`). */
  close(): Promise<void>;
}
