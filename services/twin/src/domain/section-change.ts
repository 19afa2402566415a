import { MAX_PROPERTIES_SIZE } from './limits.js';
import { merge } from './merge.js';
import { type Metadata, metadataText, readMetadata, type Stamp, stamped } from './metadata.js';
import { checkSectionSize } from './section-size.js';
import type { TwinTree } from './user-keys.js';

/** Properties of one kind, as a twin keeps them. */
export interface Section {
  readonly tree: TwinTree;
  readonly version: number;
  /** JSON text. */
  readonly metadata: string;
}

/** What a patch has made of a section. */
export interface SectionChange extends Section {
  /** What happened: every key that the patch named, null for one that is gone. */
  readonly patch: TwinTree;
  /** JSON text of the metadata of exactly these. */
  readonly patchMetadata: string;
  /** The same of the section alone. */
  readonly briefMetadata: string;
}

/**
 * Merges a patch into properties, and counts their version up.
 *
 * @param name of the section, for errors
 * @throws HubError `MessageTooLarge`
 */
export function changeSection(
  { tree, version, metadata }: Section,
  patch: TwinTree,
  { name, time }: { readonly name: 'desired' | 'reported'; readonly time: string },
): SectionChange {
  const next = merge(tree, patch);
  checkSectionSize(next, `properties.${name}`, MAX_PROPERTIES_SIZE);
  const stamp: Stamp =
    name === 'desired' ? { $lastUpdated: time, $lastUpdatedVersion: version + 1 } : { $lastUpdated: time };
  const nextMetadata: Metadata = stamped(readMetadata(metadata), patch, stamp);
  return {
    tree: next,
    version: version + 1,
    metadata: metadataText(nextMetadata),
    patch,
    patchMetadata: metadataText(stamped(undefined, patch, stamp)),
    briefMetadata: JSON.stringify(stamp),
  };
}
