import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BlockStore, blockKey } from './block-store.js';
import type { PartitionLog } from './partition-log.js';

/** Blocks removed in one transaction: small, since a transaction keeps the flushes of appends waiting. */
const BLOCKS_PER_TRANSACTION = 64;

/** Removes the blocks of a partition that are older than `time`. @param stopped asked between transactions */
export async function removeBefore(
  partition: PartitionLog,
  time: number,
  { store, stopped }: { readonly store: BlockStore; readonly stopped: () => boolean },
): Promise<void> {
  const { topicId, partition: number } = partition.name;
  while (!stopped()) {
    const blocks = partition.blocksBefore(time, BLOCKS_PER_TRANSACTION);
    const last = blocks.at(-1);
    if (last === undefined) {
      return;
    }
    const keys = blocks.map((offset) => blockKey(topicId, number, offset));
    await store.remove(keys, [partition.endState()]);
    partition.removed(last);
    await nextTurn();
  }
}
