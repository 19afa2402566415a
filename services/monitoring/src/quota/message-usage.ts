import type { Collection, DocumentBody } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import type { monitoring } from '@mooring/proto';

/** What one life of a process took on one day; `_id` is `day/process/incarnation`, each percent-encoded. */
export interface UsageRecord extends DocumentBody {
  readonly day: number;
  readonly messages: number;
}

const DAY_MS = 86_400_000;
/** Days before today that are kept: clocks of processes differ. */
const KEPT_DAYS = 2;
const MAX_DAY = 100_000_000;
const MAX_NAME_LENGTH = 256;
const PAGE = 1_000;
/** Writers that may come first, one after another. */
const ATTEMPTS = 10;

/** Messages taken by the hub on each UTC day. A report says all of its day, so that it may come twice, or late. */
export class MessageUsage {
  constructor(private readonly collection: Collection<UsageRecord>) {}

  /** @throws HubError `ArgumentInvalid` for a report that makes no sense */
  async report(request: monitoring.ReportUsageRequest): Promise<monitoring.ReportUsageResponse> {
    const { process, incarnation, day, messages } = request;
    if (!isName(process) || !isName(incarnation) || !isWhole(day, MAX_DAY) || !isWhole(messages, 2 ** 52)) {
      throw new HubError(
        'ArgumentInvalid',
        'A report of messages names a process, its incarnation, a day and a count.',
      );
    }
    if (messages > 0) {
      const _id = `${day}/${encodeURIComponent(process)}/${encodeURIComponent(incarnation)}`;
      await this.raise({ _id, day, messages });
    }
    return { totalMessages: await this.total(day) };
  }

  /** Removes the counts of days that are over. */
  async forget(now: number): Promise<void> {
    const before = Math.floor(now / DAY_MS) - KEPT_DAYS;
    const { documents } = await this.collection.page({ filter: { day: { $lt: before } }, limit: PAGE });
    if (documents.length > 0) {
      await this.collection.bulk(documents.map(({ _id: id }) => ({ kind: 'delete', id, condition: 'always' })));
    }
  }

  private async raise(record: UsageRecord): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await this.collection.get(record._id);
      if (stored !== undefined && stored.messages >= record.messages) {
        return;
      }
      const condition = stored === undefined ? 'absent' : { version: stored.version };
      if ((await this.collection.put(record, condition)).outcome === 'written') {
        return;
      }
    }
    throw new HubError('ServiceUnavailable', 'The count is being changed by too many at a time; try again.');
  }

  private async total(day: number): Promise<number> {
    let total = 0;
    let after: string | undefined;
    do {
      const page = await this.collection.page({ filter: { day }, limit: PAGE, ...(after !== undefined && { after }) });
      total += page.documents.reduce((sum, { messages }) => sum + messages, 0);
      after = page.next;
    } while (after !== undefined);
    return total;
  }
}

function isName(name: string): boolean {
  return name !== '' && name.length <= MAX_NAME_LENGTH && name.isWellFormed();
}

function isWhole(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}
