import type { Clock } from '@mooring/clock';
import type { Collection } from '@mooring/document-store';
import type { HeadRecord } from '../queue/head-record.js';
import type { Hints } from '../telling/hints.js';

/** By then a device that is connected has long received what there is. */
const LATE_MS = 3_000;
/** More than what passes between two looks, so that each message is looked at by somebody even where one look fails. */
const SPAN_MS = 20_000;
const PAGE = 1_000;
const MAX_PAGES = 20;

export interface LateHintsOptions {
  readonly collection: Collection<HeadRecord>;
  readonly hints: Pick<Hints, 'give'>;
  readonly clock: Clock;
}

/**
 * Hints again at messages that came a moment ago and still wait: a process that was killed has stored them, and told nobody.
 * Nothing is written, and what has waited longer is not looked at.
 */
export class LateHints {
  private seenUntil = 0;

  constructor(private readonly options: LateHintsOptions) {}

  async look(): Promise<void> {
    const { collection, hints, clock } = this.options;
    const until = clock.now() - LATE_MS;
    let from = Math.max(this.seenUntil, until - SPAN_MS);
    for (let page = 0; page < MAX_PAGES; page++) {
      const found = await collection.query({
        filter: { waitingSince: { $gt: from, $lte: until } },
        sort: [['waitingSince', 1]],
        limit: PAGE,
      });
      for (const { _id } of found) {
        hints.give(_id);
      }
      if (found.length < PAGE) {
        break;
      }
      from = found.at(-1)?.waitingSince ?? until;
    }
    this.seenUntil = until;
  }
}
