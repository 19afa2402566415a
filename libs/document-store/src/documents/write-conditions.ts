import type { DocumentBody, Write, WriteCondition, WriteOutcome } from '../port.js';
import { invalid } from './errors.js';

export type Refusal = Extract<WriteOutcome, { outcome: 'refused' }>;

export function idOf(write: Write<DocumentBody>): string {
  return write.kind === 'put' ? write.document._id : write.id;
}

export function checkCondition(condition: WriteCondition): void {
  const known =
    condition === 'always' ||
    condition === 'absent' ||
    (typeof condition === 'object' && Number.isSafeInteger(condition.version));
  if (!known) {
    throw invalid('A write condition is always, absent, or a version.');
  }
}

/** Why a write may not happen over the version that is there (undefined: no document); undefined if it may. */
export function refusalOf(write: Pick<Write<DocumentBody>, 'kind' | 'condition'>, current: number | undefined) {
  const { condition } = write;
  if (current === undefined) {
    return write.kind === 'put' && typeof condition === 'string' ? undefined : refused('absent');
  }
  if (condition === 'absent') {
    return refused('exists');
  }
  return condition === 'always' || condition.version === current ? undefined : refused('version');
}

export function refused(reason: Refusal['reason']): Refusal {
  return { outcome: 'refused', reason };
}

export function written(version: number): WriteOutcome {
  return { outcome: 'written', version };
}
