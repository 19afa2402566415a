import type { Clock } from '@mooring/clock';
import type { Collection } from '@mooring/document-store';
import { HubError, isHubError } from '@mooring/errors';
import type { Metrics } from '@mooring/observability';
import type { OperationRecorder } from '@mooring/operations';
import type { twin } from '@mooring/proto';
import type { TwinRecord } from '../store/twin-record.js';
import type { TwinQueries } from '../twin-queries.js';
import { operationFailure } from '../twins/operation-failure.js';
import { continuationToken, readContinuation } from './continuation.js';
import { QueryMetrics } from './query-metrics.js';
import { planQuery } from './query-plan.js';
import { aggregatePage, type PageRequest, rowPage } from './result-pages.js';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1_000;

export interface QueryExecutorOptions {
  /** Declared with `queryIndexes` among its indexes. */
  readonly collection: Collection<TwinRecord>;
  readonly operations: Pick<OperationRecorder, 'record'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Time for one page. */
  readonly queryMaxMs: number;
}

/** Carries out queries over the twins of devices and modules. */
export class QueryExecutor implements TwinQueries {
  private readonly metrics: QueryMetrics;

  constructor(private readonly options: QueryExecutorOptions) {
    this.metrics = new QueryMetrics(options.metrics);
  }

  /**
   * One page of a query.
   *
   * @throws HubError `ArgumentInvalid` for a query, page size or token that is none, and for what takes too long
   */
  async query(request: twin.QueryTwinsRequest): Promise<twin.QueryTwinsResponse> {
    const { clock, operations } = this.options;
    const startedAt = clock.monotonic();
    try {
      const answer = await this.answer(request);
      this.metrics.ended(clock.monotonic() - startedAt);
      return answer;
    } catch (error) {
      const durationMs = clock.monotonic() - startedAt;
      this.metrics.ended(durationMs, error);
      if (isHubError(error) && error.status === 400) {
        const operation = { category: 'TwinQueries', operationName: 'query', deviceId: '', durationMs } as const;
        operations.record({ ...operation, ...operationFailure(error) });
      }
      throw error;
    }
  }

  private async answer({ query, pageSize, continuation }: twin.QueryTwinsRequest): Promise<twin.QueryTwinsResponse> {
    const size = checkedSize(pageSize);
    const plan = planQuery(query);
    const position = continuation === '' ? undefined : readContinuation(continuation, plan.hash, plan.query.top);
    const { items, next } = await this.inTime((signal) => {
      const request: PageRequest = { collection: this.options.collection, size, position, signal };
      return plan.isAggregation ? aggregatePage(plan, request) : rowPage(plan, request);
    });
    return {
      itemType: plan.columns === undefined ? 'Twin' : 'Raw',
      items: [...items],
      continuation: next === undefined ? '' : continuationToken(plan.hash, next),
    };
  }

  private async inTime<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, queryMaxMs } = this.options;
    const late = new AbortController();
    const timer = clock.after(queryMaxMs, () => late.abort(tooLate(queryMaxMs)));
    try {
      return await run(late.signal);
    } finally {
      timer.cancel();
    }
  }
}

function checkedSize(pageSize: number): number {
  if (!Number.isInteger(pageSize) || pageSize < 0 || pageSize > MAX_PAGE_SIZE) {
    throw new HubError('ArgumentInvalid', `A page has 1 to ${MAX_PAGE_SIZE} items.`);
  }
  return pageSize === 0 ? DEFAULT_PAGE_SIZE : pageSize;
}

function tooLate(queryMaxMs: number): HubError {
  return new HubError(
    'ArgumentInvalid',
    `The query took longer than ${queryMaxMs / 1_000} s. Ask for less, or let twinIndexes name a property that it compares.`,
  );
}
