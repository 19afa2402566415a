import { DocumentStoreError } from '../documents/errors.js';
import type { DocumentBody, Stored } from '../port.js';

/** A record as it is stored: with the number of the schema that it was written by. */
export type Versioned<T extends DocumentBody> = T & { readonly schema: number };

/** Turns a record of one schema into one of the next. */
export type Upgrade = (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

export interface RecordCodecOptions {
  /** Names the record in errors, e.g. `device`. */
  readonly name: string;
  /** The schema that is written now, from 1 on. */
  readonly current: number;
  /** `upgrades[n]` turns schema n + 1 into n + 2: one less than `current`. */
  readonly upgrades: readonly Upgrade[];
}

export interface RecordCodec<T extends DocumentBody> {
  /** What to put. */
  encode(record: T): Versioned<T>;
  /**
   * A record as the current schema has it; `version` stays.
   *
   * @throws DocumentStoreError `newer-schema` for a record that a later release wrote
   */
  decode(stored: Stored<DocumentBody>): Stored<T>;
}

/**
 * Reads records of all schemas that there have been, and writes the current one. A record from before the first upgrade may
 * lack the field `schema`, which means 1. Patches leave `schema` alone, so a patch of fields that an upgrade touches must be a
 * put, or set `schema` too.
 */
export function recordCodec<T extends DocumentBody>(options: RecordCodecOptions): RecordCodec<T> {
  const { name, current, upgrades } = options;
  if (upgrades.length !== current - 1) {
    throw new RangeError(`Schema ${current} of ${name} needs ${current - 1} upgrades.`);
  }
  return {
    encode: (record) => ({ ...record, schema: current }),
    decode: (stored) => {
      const { schema = 1, ...fields } = stored as Stored<DocumentBody> & { readonly schema?: unknown };
      if (typeof schema !== 'number' || !Number.isInteger(schema) || schema < 1 || schema > current) {
        throw new DocumentStoreError(
          'newer-schema',
          `A ${name} record has schema ${String(schema)}; this release knows up to ${current}.`,
        );
      }
      const record = upgrades
        .slice(schema - 1)
        .reduce<Readonly<Record<string, unknown>>>((old, upgrade) => upgrade(old), fields);
      return record as unknown as Stored<T>;
    },
  };
}
