import type { DocumentBody } from '@mooring/document-store';

/** A record that says in which form it was written. */
export interface VersionedRecord extends DocumentBody {
  readonly schema: number;
}

/** Turns a record of one form into one of the next. */
export type Upgrade = (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** The forms that records of one collection have had, up to the one that is written now. */
export class RecordSchema<T extends VersionedRecord> {
  /** The form that is written now. */
  readonly version: number;

  /**
   * @param name of the collection, for errors
   * @param upgrades from form 1 to 2, from 2 to 3, …; never changed once released
   */
  constructor(
    private readonly name: string,
    private readonly upgrades: readonly Upgrade[] = [],
  ) {
    this.version = upgrades.length + 1;
  }

  /** A record of any released form, as one of the newest. */
  read<S extends T>(record: S): S {
    if (record.schema === this.version) {
      return record;
    }
    if (!Number.isInteger(record.schema) || record.schema < 1 || record.schema > this.version) {
      throw new Error(`A record of ${this.name} has form ${record.schema}; this release knows 1 to ${this.version}.`);
    }
    const upgraded = this.upgrades
      .slice(record.schema - 1)
      .reduce<Readonly<Record<string, unknown>>>((older, upgrade) => upgrade(older), { ...(record as object) });
    return { ...upgraded, schema: this.version } as unknown as S;
  }
}
