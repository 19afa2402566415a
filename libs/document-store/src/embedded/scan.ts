import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Stored } from '../port.js';
import { type Body, type CollectionData, toStored } from './collection-data.js';
import { ABOVE, ARRAY_MARKER, valuesEnd } from './index-key.js';
import { behind, type Interval } from './intervals.js';
import type { Plan } from './planner.js';

/** How long a scan may hold the event loop; real time, whatever the clock says that the hub is given. */
const SLICE_MS = 2;
const CANDIDATES_PER_CHECK = 16;

export interface Candidate {
  readonly id: string;
  /** The key in the index or, without one, the `_id`; undefined where the index says nothing of the document's values. */
  readonly key: Buffer | undefined;
  /** Undefined where the document has gone since. */
  read(): Stored<Body> | undefined;
}

/** What to do next: go on, or leave the rest of this interval. */
export type Visit = (candidate: Candidate) => 'next' | 'leave';

export interface Walk {
  readonly visit: Visit;
  /** Ends the scan, which then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Where documents with an array in an indexed path stand in an index. */
const ARRAYS: Interval = { start: Buffer.of(ARRAY_MARKER), end: Buffer.of(ARRAY_MARKER, ABOVE) };

/**
 * Visits what a plan names, interval by interval. It never holds a snapshot over turns of the event loop: a document that
 * changes meanwhile may be visited twice, or not at all.
 */
export async function scan(data: CollectionData, plan: Plan, { visit, signal }: Walk): Promise<void> {
  const slice = new Slice(signal);
  signal?.throwIfAborted();
  if (plan.index !== undefined) {
    await scanInterval(indexSource(data, plan, false), ARRAYS, { visit, slice });
  }
  const source = plan.index === undefined ? documentSource(data) : indexSource(data, plan, true);
  for (const interval of plan.intervals) {
    await scanInterval(source, interval, { visit, slice });
  }
}

type Source = (interval: Interval) => Iterable<{ key: Buffer; candidate: Candidate }>;

async function scanInterval(source: Source, interval: Interval, walk: { visit: Visit; slice: Slice }): Promise<void> {
  let rest: Interval | undefined = interval;
  while (rest !== undefined) {
    let last: Buffer | undefined;
    for (const { key, candidate } of source(rest)) {
      if (walk.visit(candidate) === 'leave') {
        return;
      }
      if (walk.slice.isOver()) {
        last = key;
        break;
      }
    }
    rest = last && { start: behind(last), end: interval.end };
    if (rest !== undefined || walk.slice.isOver()) {
      await walk.slice.next();
    }
  }
}

function documentSource(data: CollectionData): Source {
  return function* (interval) {
    for (const { key, value, version } of data.documents.getRange({ ...interval, versions: true })) {
      const read = () => {
        data.documentsExamined++;
        return toStored(value, version);
      };
      yield { key, candidate: { id: value._id, key, read } };
    }
  };
}

function indexSource(data: CollectionData, plan: Plan, withKey: boolean): Source {
  const { index } = plan;
  return function* (interval) {
    for (const key of index?.keys.getKeys({ ...interval }) ?? []) {
      const idBytes = key.subarray(withKey ? valuesEnd(key, index?.fields.length ?? 0) : 1);
      const read = () => {
        data.documentsExamined++;
        const entry = data.documents.getEntry(idBytes);
        return entry && toStored(entry.value, entry.version);
      };
      yield { key, candidate: { id: Buffer.from(idBytes).toString(), key: withKey ? key : undefined, read } };
    }
  };
}

class Slice {
  private endsAt = performance.now() + SLICE_MS;
  private candidates = 0;

  constructor(private readonly signal: AbortSignal | undefined) {}

  isOver(): boolean {
    return ++this.candidates % CANDIDATES_PER_CHECK === 0 && performance.now() > this.endsAt;
  }

  async next(): Promise<void> {
    await setImmediate();
    this.signal?.throwIfAborted();
    this.endsAt = performance.now() + SLICE_MS;
  }
}
