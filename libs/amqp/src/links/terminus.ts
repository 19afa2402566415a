import { decodeValue, plainValue } from '../engine/typed-values.js';
import { FieldTable } from '../guard/field-table.js';

const ADDRESS = 0;
const FILTER = 7;

const table = new FieldTable();

/** The address of an encoded source or target that was checked; empty if it has none. */
export function addressOf(terminus: Buffer): string {
  return isNone(terminus) ? '' : (read(terminus).text(ADDRESS) ?? '');
}

/** The filters of an encoded source that was checked, decoded. */
export function filterOf(source: Buffer): unknown {
  const filter = isNone(source) ? source : read(source).raw(FILTER);
  return isNone(filter) ? undefined : plainValue(decodeValue(filter));
}

function isNone(value: Buffer): boolean {
  return value.length <= 1;
}

function read(terminus: Buffer): FieldTable {
  table.read(terminus, 0, terminus.length);
  return table;
}
