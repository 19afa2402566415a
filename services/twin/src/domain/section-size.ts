import { HubError } from '@mooring/errors';
import { isTree, type TwinTree, type TwinValue, userKey } from './user-keys.js';

const NUMBER_SIZE = 8;
const BOOLEAN_SIZE = 4;
/** Of null, and of each array or object within an array, which Azure leaves uncounted: then nothing would bound them. */
const OTHER_SIZE = 4;

const known = new WeakMap<TwinTree, number>();

/** The size of a section as Azure counts it: keys and strings in bytes of UTF-8, numbers 8, booleans 4. */
export function sectionSize(section: TwinTree): number {
  const before = known.get(section);
  if (before !== undefined) {
    return before;
  }
  const size = treeSize(section);
  known.set(section, size);
  return size;
}

/** @throws HubError `MessageTooLarge` */
export function checkSectionSize(section: TwinTree, name: string, most: number): void {
  const size = sectionSize(section);
  if (size > most) {
    throw new HubError('MessageTooLarge', `${name} would have ${size} bytes; it may have ${most}.`);
  }
}

function treeSize(tree: TwinTree): number {
  let size = 0;
  for (const key of Object.keys(tree)) {
    size += Buffer.byteLength(userKey(key)) + valueSize(tree[key] ?? null);
  }
  return size;
}

function valueSize(value: TwinValue): number {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value);
    case 'number':
      return NUMBER_SIZE;
    case 'boolean':
      return BOOLEAN_SIZE;
    default:
      if (isTree(value)) {
        return treeSize(value);
      }
      return value === null ? OTHER_SIZE : value.reduce<number>((size, element) => size + elementSize(element), 0);
  }
}

function elementSize(element: TwinValue): number {
  return valueSize(element) + (typeof element === 'object' && element !== null ? OTHER_SIZE : 0);
}
