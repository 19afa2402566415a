import { DocumentStoreError } from '../documents/errors.js';
import { refused, written } from '../documents/write-conditions.js';
import type { WriteOutcome } from '../port.js';
import { REMEMBERED_WRITES, type StoredForm } from './stored-form.js';
import type { PreparedUpdate } from './update-operation.js';

/** What is read back to learn what became of writes. */
export type WriteState = Pick<StoredForm, 'version' | 'w'>;

/**
 * What the server said of a write: that it took it, that it applied to no document, that another document stood in its way,
 * or nothing (the reply was lost, or tells only of all writes together).
 */
export type Reply = 'taken' | 'unmatched' | 'duplicate' | 'unknown';

/**
 * What became of a write, by what is in its document now.
 *
 * @returns undefined if the write has not happened and is to be sent again
 * @throws DocumentStoreError `unknown-outcome`
 */
export function settle(write: PreparedUpdate, state: WriteState | undefined, reply: Reply): WriteOutcome | undefined {
  if (state === undefined) {
    return settleAbsent(write, reply);
  }
  const at = state.w.lastIndexOf(write.nonce);
  if (at >= 0) {
    return written(state.version - (state.w.length - 1 - at));
  }
  const { condition } = write;
  if (condition === 'absent') {
    return write.kind === 'patch' ? refused('exists') : settleInsert(state, reply);
  }
  if (condition === 'always') {
    // A put that was taken, and yet is not remembered, was followed by others; its version cannot be told.
    return write.kind === 'put' && reply === 'taken' ? unknownOutcome() : undefined;
  }
  if (condition.version === state.version) {
    return undefined;
  }
  const rememberedAll = state.version - condition.version <= REMEMBERED_WRITES;
  return rememberedAll || reply === 'unmatched' ? refused('version') : unknownOutcome();
}

/** A document that is gone: a write that happened and was then deleted is as good as one that came after the deletion. */
function settleAbsent(write: PreparedUpdate, reply: Reply): WriteOutcome | undefined {
  if (write.kind === 'patch' || typeof write.condition === 'object') {
    return refused('absent');
  }
  return reply === 'taken' ? written(1) : undefined;
}

function settleInsert(state: WriteState, reply: Reply): WriteOutcome {
  const rememberedAll = state.version <= REMEMBERED_WRITES;
  return reply === 'duplicate' || rememberedAll ? refused('exists') : unknownOutcome();
}

function unknownOutcome(): never {
  throw new DocumentStoreError('unknown-outcome', 'Too many writes followed to tell whether this one happened.');
}
