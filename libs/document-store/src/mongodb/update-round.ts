import { DocumentStoreError, invalid } from '../documents/errors.js';
import { refused, written } from '../documents/write-conditions.js';
import type { WriteOutcome } from '../port.js';
import { Retry } from './retry.js';
import { type Reply, settle } from './settlement.js';
import type { PreparedUpdate } from './update-operation.js';
import { readStates, send, type WriteTarget } from './write-target.js';

export type Result = WriteOutcome | DocumentStoreError;

const DUPLICATE_KEY = 11000;

/** Error codes of an update that cannot apply to the document that is there, e.g. a field that is no array. */
const CONFLICT_CODES: ReadonlySet<number> = new Set([2, 9, 14, 16, 28, 40, 52, 56, 57, 17280, 17419]);

/**
 * Writes puts and patches of different documents. MongoDB says how many updates matched but not which; where that is not
 * enough, or a reply was lost, the nonces tell, read back for all such writes at once.
 */
export async function writeUpdates(target: WriteTarget, writes: readonly PreparedUpdate[]): Promise<Result[]> {
  const results = new Map<PreparedUpdate, Result>();
  const retry = new Retry(target.clock, target.retryMs);
  const replies = new Map<PreparedUpdate, Reply>();
  for (let left = [...writes]; left.length > 0; left = left.filter((write) => !results.has(write))) {
    try {
      const unsure = left.filter((write) => replies.has(write));
      if (unsure.length > 0) {
        await readBack(target, unsure, { replies, results });
        left = left.filter((write) => !results.has(write));
        if (unsure.some((write) => !results.has(write))) {
          await retry.pauseAfter(new DocumentStoreError('unavailable', 'A write came to nothing again and again.'));
        }
      }
      if (left.length > 0) {
        await sendAll(target, left, { replies, results });
      }
    } catch (error) {
      await retry.pauseAfter(error);
    }
  }
  return writes.map((write) => results.get(write) ?? new DocumentStoreError('unavailable', 'A write got lost.'));
}

interface Progress {
  readonly results: Map<PreparedUpdate, Result>;
  /** What was said of the writes that have been sent and whose outcome is not known yet. */
  readonly replies: Map<PreparedUpdate, Reply>;
}

async function sendAll(target: WriteTarget, writes: readonly PreparedUpdate[], progress: Progress): Promise<void> {
  const { replies, results } = progress;
  const before = new Set(replies.keys());
  for (const write of writes) {
    replies.set(write, 'unknown');
  }
  const sent = await send(
    target,
    writes.map((write) => write.operation),
  );
  const updates = writes.filter((write, index) => isUpdate(write) && !sent.errors.has(index));
  const matched = sent.matched === 0 ? 'none' : sent.matched === updates.length ? 'all' : 'some';
  for (const [index, write] of writes.entries()) {
    const result = resultOf(write, { code: sent.errors.get(index), matched, again: before.has(write) });
    if (result instanceof Object) {
      results.set(write, result);
    } else {
      replies.set(write, result);
    }
  }
}

interface Answer {
  readonly code: number | undefined;
  /** How many of the updates of the same message that have no error were applied. */
  readonly matched: 'none' | 'some' | 'all';
  /** Whether the write was sent before, so that it may stand in its own way. */
  readonly again: boolean;
}

/** The outcome of a write, or what the server said where that does not tell. */
function resultOf(write: PreparedUpdate, { code, matched, again }: Answer): Result | Reply {
  const { condition, kind } = write;
  if (code === DUPLICATE_KEY) {
    return condition === 'absent' && !again ? refused('exists') : again ? 'unknown' : 'duplicate';
  }
  if (code !== undefined) {
    return CONFLICT_CODES.has(code)
      ? invalid('The patch does not fit the document that is there.')
      : new DocumentStoreError('unavailable', `MongoDB refused a write with error ${code}.`);
  }
  if (!isUpdate(write)) {
    return written(1);
  }
  if (matched === 'all' && typeof condition === 'object') {
    return written(condition.version + 1);
  }
  if (again) {
    // An update that is sent again and does not match may have happened before.
    return 'unknown';
  }
  return kind === 'put' && condition === 'always' ? 'taken' : matched === 'none' ? 'unmatched' : 'unknown';
}

async function readBack(target: WriteTarget, writes: readonly PreparedUpdate[], progress: Progress): Promise<void> {
  const states = await readStates(
    target,
    writes.map((write) => write.id),
  );
  for (const write of writes) {
    const result = settled(() => settle(write, states.get(write.id), progress.replies.get(write) ?? 'unknown'));
    if (result !== undefined) {
      progress.results.set(write, result);
    }
  }
}

function settled(decide: () => WriteOutcome | undefined): Result | undefined {
  try {
    return decide();
  } catch (error) {
    if (error instanceof DocumentStoreError) {
      return error;
    }
    throw error;
  }
}

function isUpdate({ operation }: PreparedUpdate): boolean {
  return 'updateOne' in operation;
}
