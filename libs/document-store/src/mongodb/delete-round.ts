import { refusalOf, refused, written } from '../documents/write-conditions.js';
import type { WriteCondition, WriteOutcome } from '../port.js';
import { Retry } from './retry.js';
import { readStates, send, type WriteTarget } from './write-target.js';

export interface PreparedDelete {
  readonly id: string;
  readonly kind: 'delete';
  readonly condition: WriteCondition;
}

/**
 * Deletes different documents, each at the version that was read; MongoDB says only how many it deleted, so after a lost
 * reply or a race they are read again. A document that was there, was told to go, and is gone, counts as deleted.
 */
export async function writeDeletes(target: WriteTarget, writes: readonly PreparedDelete[]): Promise<WriteOutcome[]> {
  const outcomes = new Map<PreparedDelete, WriteOutcome>();
  const sent = new Set<PreparedDelete>();
  const retry = new Retry(target.clock, target.retryMs);
  for (let left = [...writes]; left.length > 0; left = left.filter((write) => !outcomes.has(write))) {
    try {
      const states = await readStates(
        target,
        left.map((write) => write.id),
      );
      const due = left.flatMap((write) => {
        const version = states.get(write.id)?.version;
        const refusal = refusalOf(write, version);
        if (refusal !== undefined || version === undefined) {
          outcomes.set(write, version === undefined && sent.has(write) ? written(0) : (refusal ?? refused('absent')));
          return [];
        }
        return { write, version };
      });
      if (due.length > 0) {
        for (const { write } of due) {
          sent.add(write);
        }
        const { deleted } = await send(
          target,
          due.map(({ write, version }) => ({ deleteOne: { filter: { _id: write.id, version } } })),
        );
        if (deleted === due.length) {
          for (const { write } of due) {
            outcomes.set(write, written(0));
          }
        }
      }
    } catch (error) {
      await retry.pauseAfter(error);
    }
  }
  return writes.map((write) => outcomes.get(write) ?? refused('absent'));
}
