import { createHash } from 'node:crypto';
import type { Filter } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import {
  type Column,
  columnsOf,
  compileCondition,
  convertLiterals,
  type Expression,
  isAggregation,
  parseQuery,
  printQuery,
  type Query,
} from '@mooring/query';
import { isTime, type TwinSource, twinField } from './twin-fields.js';
import { shownTime } from './twin-times.js';

/** A query, ready to be carried out. */
export interface QueryPlan {
  readonly query: Query;
  /** Lets all twins through that match, and others only if there is a residual. */
  readonly filter: Filter;
  /** Where all twins of a source match: the filter of these, and of those whose identity is gone. */
  readonly all: { readonly kept: Filter; readonly gone: Filter } | undefined;
  /** The condition that the filter does not tell exactly. */
  readonly residual: Expression | undefined;
  /** Undefined for whole twins. */
  readonly columns: readonly Column[] | undefined;
  readonly isAggregation: boolean;
  /** The same for texts that mean the same query. */
  readonly hash: string;
}

const HASH_LENGTH = 22;

const SOURCES: Readonly<Record<TwinSource, Filter>> = {
  devices: { moduleId: '' },
  modules: { moduleOf: { $gt: '' } },
};
/** Twins whose identity is gone are nobody's. */
const EXISTS: Filter = { status: { $exists: false } };
const GONE: Filter = { status: 'deleted' };

/** @throws HubError `ArgumentInvalid`, with the place in the text where that is the trouble */
export function planQuery(text: string): QueryPlan {
  const query = parseQuery(text);
  const source = sourceOf(query);
  const where =
    query.where && convertLiterals(query.where, ({ names }, value) => (isTime(names) ? shownTime(value) : value));
  const { filter, exact } = compileCondition(where, (names) => twinField(source, names));
  const isAll = Object.keys(filter).length === 0;
  return {
    query,
    // The query's own part comes first, so that an index serves that where both are about one field.
    filter: { $and: [...(isAll ? [] : [filter]), SOURCES[source], EXISTS] },
    all: isAll && exact ? { kept: SOURCES[source], gone: { $and: [SOURCES[source], GONE] } } : undefined,
    residual: exact ? undefined : where,
    columns: columnsOf(query),
    isAggregation: isAggregation(query),
    hash: createHash('sha256').update(printQuery(query)).digest('base64url').slice(0, HASH_LENGTH),
  };
}

function sourceOf({ source }: Query): TwinSource {
  const name = source.join('.').toLowerCase();
  switch (name) {
    case 'devices':
      return 'devices';
    case 'devices.modules':
      return 'modules';
    case 'devices.jobs':
      throw new HubError('ArgumentInvalid', 'devices.jobs cannot be queried: this hub keeps no jobs.');
    default:
      throw new HubError('ArgumentInvalid', 'A query is FROM devices or FROM devices.modules.');
  }
}
