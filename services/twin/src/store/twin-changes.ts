import type { Stored, Write } from '@mooring/document-store';
import type { Twin } from '../domain/twin.js';
import { fromTwinRecord, type TwinRecord, toTwinRecord } from './twin-record.js';

/**
 * Returns the twin as it shall be (the very one that it got to leave it so, undefined to remove it) with what the caller wants
 * to know, or throws why it may not be. May be tried more than once. A twin that is `deleted` counts as none.
 */
export type TwinChange<R> = (current: Twin | undefined) => ChangedTwin<R>;

export interface ChangedTwin<R> {
  readonly twin: Twin | undefined;
  readonly result: R;
  /** The result tells of a refusal, so that it must not come from a twin that may be out of date. */
  readonly refused?: boolean;
}

/** A change that waits for its turn. */
export interface WaitingChange {
  readonly change: TwinChange<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What the changes of one twin come to, made one after another. */
export interface ChangePlan {
  readonly name: string;
  readonly changes: readonly WaitingChange[];
  readonly next: Twin | undefined;
  /** Undefined if nothing is to be written. */
  readonly write: Write<TwinRecord> | undefined;
  /** Whether some change was refused. */
  readonly hasRefusals: boolean;
  /** Tells each who waits what has come of it; once what is to be written is. */
  readonly conclude: () => void;
}

/** Makes changes of one twin; a change that fails changes nothing, and the others go on. */
export function planChanges(
  name: string,
  changes: readonly WaitingChange[],
  stored: Stored<TwinRecord> | undefined,
): ChangePlan {
  const before = stored && fromTwinRecord(stored);
  let next = before;
  const conclusions: (() => void)[] = [];
  let hasRefusals = false;
  for (const { change, resolve, reject } of changes) {
    try {
      const { twin, result, refused } = change(next);
      next = twin;
      hasRefusals ||= refused ?? false;
      conclusions.push(() => resolve(result));
    } catch (error) {
      hasRefusals = true;
      conclusions.push(() => reject(error));
    }
  }
  return {
    name,
    changes,
    next,
    write: next === before ? undefined : writeOf(name, next, stored),
    hasRefusals,
    conclude: () => {
      for (const conclusion of conclusions) {
        conclusion();
      }
    },
  };
}

function writeOf(
  name: string,
  next: Twin | undefined,
  stored: Stored<TwinRecord> | undefined,
): Write<TwinRecord> | undefined {
  if (next !== undefined) {
    const condition = stored === undefined ? 'absent' : { version: stored.version };
    return { kind: 'put', document: toTwinRecord(next), condition };
  }
  return stored && { kind: 'delete', id: name, condition: { version: stored.version } };
}
