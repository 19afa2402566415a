import type { Clock } from '@mooring/clock';
import type { Collection, Filter } from '@mooring/document-store';
import type { OperationDocument } from './operation-document.js';

const PAGE = 1_000;

export interface OperationRetentionOptions {
  readonly collection: Collection<OperationDocument>;
  readonly clock: Clock;
  readonly retentionMs: number;
  readonly maxRecords: number;
  readonly forgotten: (records: number) => void;
}

/** Forgets records that are too old, and the oldest of too many. */
export class OperationRetention {
  constructor(private readonly options: OperationRetentionOptions) {}

  async sweep(): Promise<void> {
    const { collection, clock, retentionMs, maxRecords } = this.options;
    await this.forget({ time: { $lt: clock.now() - retentionMs } }, Number.POSITIVE_INFINITY);
    await this.forget({ time: { $gte: 0 } }, (await collection.count({})) - maxRecords);
  }

  /** Forgets the oldest that match, so many at most. */
  private async forget(filter: Filter, most: number): Promise<void> {
    const { collection, forgotten } = this.options;
    let left = most;
    while (left > 0) {
      const limit = Math.min(left, PAGE);
      const oldest = await collection.query({ filter, sort: [['time', 1]], limit });
      if (oldest.length > 0) {
        await collection.bulk(oldest.map(({ _id: id }) => ({ kind: 'delete', id, condition: 'always' })));
        forgotten(oldest.length);
      }
      if (oldest.length < limit) {
        return;
      }
      left -= oldest.length;
    }
  }
}
