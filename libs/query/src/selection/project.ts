import type { Accessor } from '../evaluation/values.js';
import type { Column } from './columns.js';

/** A row of a result. Without a prototype, since users name the columns; what is undefined is left out. */
export type Row = Record<string, unknown>;

/** What a query selects of one document. */
export function project(columns: readonly Column[], accessor: Accessor): Row {
  const row = Object.create(null) as Row;
  for (const column of columns) {
    const value = column.kind === 'value' ? accessor(column.path) : undefined;
    if (value !== undefined) {
      row[column.name] = value;
    }
  }
  return row;
}
