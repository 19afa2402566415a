import { isTree, own, type TwinTree, type TwinValue } from './user-keys.js';

/** JSON merge patch (RFC 7396) of an object; what it leaves alone is shared with the result. */
export function merge(target: TwinTree, patch: TwinTree): TwinTree {
  const merged: Record<string, TwinValue> = { ...target };
  for (const key of Object.keys(patch)) {
    const value = patch[key] ?? null;
    if (value === null) {
      delete merged[key];
    } else {
      merged[key] = isTree(value) ? merge(treeAt(target, key), value) : value;
    }
  }
  return merged;
}

/** The patch that empties an object: null for each of its keys. */
export function clearing(current: TwinTree): TwinTree {
  return replacing(current, {});
}

/** The patch that turns one object into exactly another (without its nulls), and names every key of either. */
export function replacing(current: TwinTree, next: TwinTree): TwinTree {
  const patch: Record<string, TwinValue> = {};
  for (const key of Object.keys(current)) {
    if (!Object.hasOwn(next, key)) {
      patch[key] = null;
    }
  }
  for (const key of Object.keys(next)) {
    const value = next[key] ?? null;
    if (value !== null || Object.hasOwn(current, key)) {
      patch[key] = isTree(value) ? replacing(treeAt(current, key), value) : value;
    }
  }
  return patch;
}

function treeAt(tree: TwinTree, key: string): TwinTree {
  const value = own(tree, key);
  return isTree(value) ? value : {};
}
