import type { DocumentValue, FieldChanges } from '../port.js';
import { copyValue } from './document-copy.js';
import { invalid } from './errors.js';
import { checkPath } from './identifiers.js';

/** Field changes, checked and copied. */
export interface CheckedChanges {
  readonly set: readonly (readonly [path: string, value: DocumentValue])[];
  readonly unset: readonly string[];
  readonly push: readonly (readonly [path: string, value: DocumentValue])[];
  readonly pullIds: readonly (readonly [path: string, ids: readonly string[]])[];
}

/**
 * @throws DocumentStoreError `invalid` where a path is malformed, names `_id` or `version`, or overlaps another one: MongoDB
 * applies the changes of one update in no order, so it refuses such updates
 */
export function checkChanges(changes: FieldChanges): CheckedChanges {
  const checked = {
    set: Object.entries(changes.set ?? {}).map(([path, value]) => [path, copyValue(value)] as const),
    unset: [...(changes.unset ?? [])],
    push: Object.entries(changes.push ?? {}).map(([path, value]) => [path, copyValue(value)] as const),
    pullIds: Object.entries(changes.pullIds ?? {}).map(([path, ids]) => [path, [...ids]] as const),
  };
  const paths = [
    ...checked.set.map(([path]) => path),
    ...checked.unset,
    ...checked.push.map(([path]) => path),
    ...checked.pullIds.map(([path]) => path),
  ];
  for (const path of paths) {
    checkPath(path);
    const root = path.split('.', 1)[0];
    if (root === '_id' || root === 'version') {
      throw invalid(`${root} cannot be changed.`);
    }
  }
  refuseOverlaps(paths);
  return checked;
}

function refuseOverlaps(paths: readonly string[]): void {
  const named = new Set(paths);
  if (named.size < paths.length) {
    throw invalid('A field can be changed only once in one patch.');
  }
  for (const path of paths) {
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
      if (named.has(path.slice(0, dot))) {
        throw invalid(`${path} lies within another field of the same patch.`);
      }
    }
  }
}
