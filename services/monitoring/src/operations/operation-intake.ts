import type { Collection } from '@mooring/document-store';
import type { EventLog, StoredRecord, Subscription } from '@mooring/event-log';
import { type OperationDocument, readOperation, type Unreadable } from './operation-document.js';

/** Records written in one round trip. */
const MAX_RECORDS = 1_000;

export interface OperationIntakeOptions {
  readonly collection: Collection<OperationDocument>;
  readonly log: EventLog;
  readonly topic: string;
  readonly kept: (records: number) => void;
  readonly skipped: (why: Unreadable) => void;
}

/** Keeps what comes on the topic of operations. A record that comes twice is kept once; one that cannot be read is skipped. */
export class OperationIntake {
  private subscription: Subscription | undefined;

  constructor(private readonly options: OperationIntakeOptions) {}

  async start(): Promise<void> {
    const { log, topic } = this.options;
    this.subscription = await log.consume(
      { topic, group: `${topic}.monitoring`, from: 'earliest', maxRecords: MAX_RECORDS },
      (records) => this.keep(records),
    );
  }

  /** What is being written is finished first. */
  async stop(): Promise<void> {
    await this.subscription?.close();
  }

  private async keep(records: readonly StoredRecord[]): Promise<void> {
    const { collection, kept, skipped } = this.options;
    const documents: OperationDocument[] = [];
    for (const record of records) {
      const read = readOperation(record);
      if (typeof read === 'string') {
        skipped(read);
      } else {
        documents.push(read);
      }
    }
    if (documents.length > 0) {
      const outcomes = await collection.bulk(
        documents.map((document) => ({ kind: 'put', document, condition: 'absent' })),
      );
      kept(outcomes.filter(({ outcome }) => outcome === 'written').length);
    }
  }
}
