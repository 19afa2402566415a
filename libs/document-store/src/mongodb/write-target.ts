import type { Clock } from '@mooring/clock';
import { type AnyBulkWriteOperation, type BulkWriteResult, type Collection, MongoBulkWriteError } from 'mongodb';
import type { WriteState } from './settlement.js';
import type { StoredForm } from './stored-form.js';

/** Where writes go to, and how long a call may try. */
export interface WriteTarget {
  readonly collection: Collection<StoredForm>;
  /** Resolves once the server has been reached; later on the driver looks after that itself. */
  connect(): Promise<void>;
  readonly clock: Clock;
  readonly retryMs: number;
}

export interface Sent {
  readonly matched: number;
  readonly deleted: number;
  /** The server's error codes, by the place of the operation. */
  readonly errors: ReadonlyMap<number, number>;
}

/** Sends operations of different documents; resolves only where the server has answered for each of them, durably. */
export async function send(target: WriteTarget, operations: AnyBulkWriteOperation<StoredForm>[]): Promise<Sent> {
  await target.connect();
  try {
    const result = await target.collection.bulkWrite(operations, { ordered: false });
    return { ...countsOf(result), errors: new Map() };
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) {
      throw error;
    }
    const errors = error.result.getWriteErrors();
    if (errors.length === 0) {
      throw error;
    }
    return { ...countsOf(error.result), errors: new Map(errors.map(({ index, code }) => [index, code])) };
  }
}

/** Reads back what became of documents; those that are not there are left out. */
export async function readStates(target: WriteTarget, ids: readonly string[]): Promise<Map<string, WriteState>> {
  await target.connect();
  const found = await target.collection
    .find({ _id: { $in: [...ids] } }, { projection: { version: 1, w: 1 } })
    .toArray();
  return new Map(found.map((state) => [state._id, state]));
}

function countsOf(result: BulkWriteResult): { matched: number; deleted: number } {
  return { matched: result.matchedCount + result.upsertedCount, deleted: result.deletedCount };
}
