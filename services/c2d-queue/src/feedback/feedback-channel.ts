import { Batcher } from '@mooring/batching';
import type { Collection } from '@mooring/document-store';
import type { Channel } from '@mooring/outbox';
import type { FeedbackEvent } from '../queue/queue-head.js';
import { type FeedbackDocument, toFeedback } from './feedback-record.js';

const MAX_RECORDS = 1_000;
/** What exceeds it the outbox brings again. */
const MAX_WAITING = 100_000;

export interface FeedbackChannelOptions {
  readonly collection: Collection<FeedbackDocument>;
  readonly timeToLiveMs: number;
  readonly kept: (records: number) => void;
}

/** Brings feedback from queues to where back ends receive it. What comes twice is kept once, as long as it is there. */
export class FeedbackChannel implements Channel<FeedbackEvent> {
  readonly name = 'feedback';
  private readonly writes: Batcher<FeedbackDocument, boolean>;

  constructor(private readonly options: FeedbackChannelOptions) {
    this.writes = new Batcher({
      call: (documents) => this.writeAll(documents),
      maxBatch: MAX_RECORDS,
      concurrency: 1,
      maxWaiting: MAX_WAITING,
    });
  }

  accepts(): boolean {
    return true;
  }

  async deliver(name: string, events: readonly FeedbackEvent[]): Promise<void> {
    const { timeToLiveMs, kept } = this.options;
    const written = await Promise.all(events.map((event) => this.writes.add(toFeedback(name, event, timeToLiveMs))));
    kept(written.filter(Boolean).length);
  }

  private async writeAll(documents: readonly FeedbackDocument[]): Promise<boolean[]> {
    const outcomes = await this.options.collection.bulk(
      documents.map((document) => ({ kind: 'put', document, condition: 'absent' })),
    );
    return outcomes.map(({ outcome }) => outcome === 'written');
  }
}
