import type { Outbox } from '@mooring/outbox';
import type { C2dQueueMetrics } from '../metrics.js';
import type { HeadRecord } from '../queue/head-record.js';
import type { Queue } from '../queue/queue.js';
import type { BodyStore } from '../store/body-store.js';
import type { CountNotices } from './count-notices.js';
import type { Hints } from './hints.js';
import type { OperationReports } from './operation-reports.js';

export interface QueueChangesOptions {
  readonly bodies: BodyStore;
  readonly outbox: Pick<Outbox<HeadRecord>, 'tell'>;
  readonly hints: Hints;
  readonly notices: CountNotices;
  readonly reports: OperationReports;
  readonly metrics: C2dQueueMetrics;
}

/** What follows from a queue that was just written. */
export class QueueChanges {
  constructor(private readonly options: QueueChangesOptions) {}

  follow(name: string, queue: Queue): void {
    const { bodies, outbox, hints, notices, reports, metrics } = this.options;
    if (queue.hasNews) {
      hints.give(name);
    }
    for (const { entry, ending } of queue.ended) {
      if (entry.content === undefined) {
        bodies.remove(entry.id);
      }
      metrics.messageEnded(ending);
    }
    reports.ended(name, queue.ended);
    const { pending } = queue.head();
    if (pending.length > 0) {
      outbox.tell(name, pending);
    }
    if (queue.isLengthChanged) {
      notices.tell(name);
    }
  }
}
