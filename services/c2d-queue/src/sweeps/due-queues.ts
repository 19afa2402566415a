import type { Clock } from '@mooring/clock';
import type { Collection } from '@mooring/document-store';
import type { HeadRecord } from '../queue/head-record.js';
import type { HeadStore } from '../store/head-store.js';

const PAGE = 500;
/** Pages of one sweep; the next goes on. */
const MAX_PAGES = 20;

export interface DueQueuesOptions {
  readonly collection: Collection<HeadRecord>;
  readonly heads: HeadStore;
  readonly clock: Clock;
}

/** Lets time do its work in queues that nobody touches: messages expire, and locks end. */
export class DueQueues {
  constructor(private readonly options: DueQueuesOptions) {}

  async sweep(): Promise<void> {
    const { collection, heads, clock } = this.options;
    for (let page = 0; page < MAX_PAGES; page++) {
      const due = await collection.query({
        filter: { dueTime: { $lte: clock.now() } },
        sort: [['dueTime', 1]],
        limit: PAGE,
      });
      // A queue does what is due as soon as it is looked at.
      await Promise.all(due.map(({ _id }) => heads.change(_id, () => undefined)));
      if (due.length < PAGE) {
        return;
      }
    }
  }
}
