import type { Fields } from '../documents/document-copy.js';
import { invalid } from '../documents/errors.js';
import type { CheckedChanges } from '../documents/field-changes.js';
import type { DocumentValue } from '../port.js';

/**
 * A document with field changes applied; it shares with the one that was given, which stays as it is, what does not change.
 *
 * @throws DocumentStoreError `invalid` where a path leads through a value that is no object, or an array is needed and
 * something else is there
 */
export function applyChanges<T extends Fields>(body: T, changes: CheckedChanges): T {
  const document = { ...body };
  for (const [path, value] of changes.set) {
    const { parent, name } = makeParent(document, path);
    parent[name] = value;
  }
  for (const path of changes.unset) {
    const found = findParent(document, path);
    if (found !== undefined) {
      delete found.parent[found.name];
    }
  }
  for (const [path, value] of changes.push) {
    const { parent, name } = makeParent(document, path);
    parent[name] = [...(arrayIn(parent, name, path) ?? []), value];
  }
  for (const [path, ids] of changes.pullIds) {
    const found = findParent(document, path);
    const elements = found && arrayIn(found.parent, found.name, path);
    if (found !== undefined && elements !== undefined) {
      found.parent[found.name] = elements.filter((element) => !hasIdIn(element, ids));
    }
  }
  return document;
}

interface Place {
  readonly parent: Fields;
  readonly name: string;
}

function makeParent(document: Fields, path: string): Place {
  const names = path.split('.');
  const name = names.pop() ?? '';
  let parent = document;
  for (const step of names) {
    const child = Object.hasOwn(parent, step) ? copyIn(parent, step) : {};
    if (child === undefined) {
      throw invalid(`${path} leads through a value that is not an object.`);
    }
    parent[step] = child;
    parent = child;
  }
  return { parent, name };
}

function findParent(document: Fields, path: string): Place | undefined {
  const names = path.split('.');
  const name = names.pop() ?? '';
  let parent = document;
  for (const step of names) {
    const child: Fields | undefined = copyIn(parent, step);
    if (child === undefined) {
      return undefined;
    }
    parent[step] = child;
    parent = child;
  }
  return { parent, name };
}

/** A copy of the object of this name, to change. */
function copyIn(parent: Fields, name: string): Fields | undefined {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  const isObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  return isObject ? { ...(value as Fields) } : undefined;
}

function arrayIn(parent: Fields, name: string, path: string): readonly DocumentValue[] | undefined {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (value !== undefined && !Array.isArray(value)) {
    throw invalid(`${path} is not an array.`);
  }
  return value;
}

function hasIdIn(element: DocumentValue, ids: readonly string[]): boolean {
  const id = typeof element === 'object' && element !== null && 'id' in element ? element.id : undefined;
  return typeof id === 'string' && ids.includes(id);
}
