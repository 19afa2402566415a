import { type Accessor, valueAt } from '@mooring/query';
import { sectionJson } from '../domain/section-json.js';
import type { Twin } from '../domain/twin.js';
import { twinFields } from '../domain/twin-json.js';
import { storedKey, type TwinTree, type TwinValue, withUserKeys } from '../domain/user-keys.js';

/** The properties of a twin as it is shown, without making all of it. */
export function twinAccessor(twin: Twin): Accessor {
  let fields: object | undefined;
  return (names) => {
    const [section, ...rest] = names;
    switch (section) {
      case 'tags':
        return userValue(twin.tags, rest);
      case 'properties':
        return propertyOf(twin, rest);
      default:
        fields ??= twinFields(twin);
        return valueAt(fields, names);
    }
  };
}

function propertyOf(twin: Twin, names: readonly string[]): unknown {
  const [section, ...rest] = names;
  switch (section) {
    case 'desired':
      return sectionValue(twin.desired, twin.desiredVersion, { metadata: twin.desiredMetadata, names: rest });
    case 'reported':
      return sectionValue(twin.reported, twin.reportedVersion, { metadata: twin.reportedMetadata, names: rest });
    case undefined:
      return { desired: propertyOf(twin, ['desired']), reported: propertyOf(twin, ['reported']) };
    default:
      return undefined;
  }
}

function sectionValue(
  tree: TwinTree,
  version: number,
  { metadata, names }: { readonly metadata: string; readonly names: readonly string[] },
): unknown {
  const [first, ...rest] = names;
  switch (first) {
    case undefined:
      return JSON.parse(sectionJson(tree, version, metadata));
    case '$version':
      return rest.length === 0 ? version : undefined;
    case '$metadata':
      return valueAt(JSON.parse(metadata), rest);
    default:
      return userValue(tree, names);
  }
}

function userValue(tree: TwinTree, names: readonly string[]): unknown {
  const value = valueAt(tree, names.map(storedKey));
  return value === undefined ? undefined : withUserKeys(value as TwinValue);
}
