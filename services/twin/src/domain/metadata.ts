import { isTree, own, type TwinTree, userKey, withStoredKeys } from './user-keys.js';

/** When, and at which version of the section, a value was last written. */
export interface Stamp {
  readonly $lastUpdated: string;
  /** Of desired properties only. */
  readonly $lastUpdatedVersion?: number;
}

/** `$metadata`: a stamp for the section and for each of its values; arrays are one value. Keys in stored form. */
export interface Metadata extends Stamp {
  readonly [storedKey: string]: Metadata | string | number | undefined;
}

const MAY_HOLD_ESCAPES = '"_';

/** Reads metadata as it is kept. */
export function readMetadata(text: string): Metadata {
  const parsed: unknown = JSON.parse(text);
  return (text.includes(MAY_HOLD_ESCAPES) ? withStoredKeys(parsed) : parsed) as Metadata;
}

/** As it is kept and shown: JSON with the keys that the user gave. */
export function metadataText(metadata: Metadata): string {
  const parts: string[] = [];
  append(parts, metadata);
  return parts.join('');
}

/** Metadata of a section after a patch of it: everything that the patch names has the stamp. */
export function stamped(metadata: Metadata | undefined, patch: TwinTree, stamp: Stamp): Metadata {
  const next: Record<string, Metadata | Stamp | string | number | undefined> = { ...metadata, ...stamp };
  for (const key of Object.keys(patch)) {
    const value = patch[key] ?? null;
    if (value === null) {
      delete next[key];
    } else if (isTree(value)) {
      const before = metadata && own(metadata, key);
      next[key] = stamped(typeof before === 'object' ? before : undefined, value, stamp);
    } else {
      next[key] = stamp;
    }
  }
  return next as Metadata;
}

function append(parts: string[], metadata: Metadata): void {
  let separator = '{';
  for (const key of Object.keys(metadata)) {
    const value = metadata[key];
    if (value === undefined) {
      continue;
    }
    parts.push(separator, JSON.stringify(userKey(key)), ':');
    if (typeof value === 'object') {
      append(parts, value);
    } else {
      parts.push(JSON.stringify(value));
    }
    separator = ',';
  }
  parts.push('}');
}
