import { setImmediate } from 'node:timers/promises';
import type { Collection } from '@mooring/document-store';
import { type Accessor, matches } from '@mooring/query';
import type { Twin } from '../domain/twin.js';
import { fromTwinRecord, type TwinRecord } from '../store/twin-record.js';
import type { QueryPlan } from './query-plan.js';
import { twinAccessor } from './twin-accessor.js';

/** Twins read at once: as many as may be in memory for one query. */
const MAX_CHUNK = 250;

/** Twins looked at before others get a turn. */
const TWINS_PER_TURN = 25;

export interface ScanOptions {
  readonly collection: Collection<TwinRecord>;
  /** Continue behind the twin of this name. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
  /** How many matches are wanted at most. */
  readonly most?: number;
}

/** A twin that has been looked at. */
export interface ScannedTwin {
  readonly name: string;
  readonly twin: Twin;
  readonly accessor: Accessor;
  readonly isMatch: boolean;
  readonly isLast: boolean;
}

/**
 * Reads the twins that the filter of a plan lets through, in the order of their names, in chunks; holds each against the
 * residual.
 *
 * @throws the reason of the signal
 */
export async function* scanTwins(plan: QueryPlan, options: ScanOptions): AsyncGenerator<ScannedTwin> {
  const { collection, signal, most = Number.POSITIVE_INFINITY } = options;
  const limit = plan.residual === undefined ? Math.min(MAX_CHUNK, most) : MAX_CHUNK;
  let { after } = options;
  let looked = 0;
  do {
    const { documents, next } = await collection.page({
      filter: plan.filter,
      limit,
      signal,
      ...(after !== undefined && { after }),
    });
    for (const [at, document] of documents.entries()) {
      const twin = fromTwinRecord(document);
      const accessor = twinAccessor(twin);
      const isMatch = plan.residual === undefined || matches(plan.residual, accessor);
      const isLast = next === undefined && at === documents.length - 1;
      yield { name: document._id, twin, accessor, isMatch, isLast };
      if (++looked % TWINS_PER_TURN === 0) {
        await setImmediate();
        signal.throwIfAborted();
      }
    }
    after = next;
  } while (after !== undefined);
}
