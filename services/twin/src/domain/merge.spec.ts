import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sectionText, sectionTree } from '../testing/arbitraries.js';
import { clearing, merge, replacing } from './merge.js';
import { type Metadata, metadataText, readMetadata, stamped } from './metadata.js';
import { treeJson } from './section-json.js';
import { sectionPatch } from './section-patch.js';
import { isTree, own, type TwinTree, type TwinValue } from './user-keys.js';

/** JSON merge patch as RFC 7396 gives it, on entries, so that no name is special. */
function naiveMerge(target: unknown, patch: unknown): unknown {
  if (!(patch instanceof Map)) {
    return patch;
  }
  const merged = new Map<string, unknown>(target instanceof Map ? target : []);
  for (const [key, value] of patch) {
    if (value === null) {
      merged.delete(key);
    } else {
      merged.set(key, naiveMerge(merged.get(key), value));
    }
  }
  return merged;
}

function asMaps(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.keys(value).map((key) => [key, asMaps((value as Record<string, unknown>)[key])]))
    : value;
}

function read(text: string): TwinTree {
  return sectionPatch(JSON.parse(text), 'tags') ?? {};
}

function hasNull(value: TwinValue): boolean {
  return value === null || (isTree(value) && Object.keys(value).some((key) => hasNull(own(value, key) ?? null)));
}

/** Whether two metadata trees have a stamp for the same values. */
function isOfShape(metadata: Metadata, tree: TwinTree): boolean {
  const keys = Object.keys(metadata).filter((key) => !key.startsWith('$'));
  return (
    typeof metadata.$lastUpdated === 'string' &&
    keys.length === Object.keys(tree).length &&
    keys.every((key) => {
      const [inner, value] = [own(metadata, key), own(tree, key)];
      return typeof inner === 'object' && value !== undefined && isOfShape(inner, isTree(value) ? value : {});
    })
  );
}

describe('merge', () => {
  it('is JSON merge patch, whatever the keys are', () => {
    fc.assert(
      fc.property(sectionText, sectionText, (target, patch) => {
        const section = merge({}, read(target));
        const merged = treeJson(merge(section, read(patch)));
        const naive = naiveMerge(naiveMerge(new Map(), asMaps(JSON.parse(target))), asMaps(JSON.parse(patch)));
        expect(asMaps(JSON.parse(merged))).toEqual(naive);
      }),
    );
  });

  it('removes once, holds no null, and changes nothing the second time', () => {
    fc.assert(
      fc.property(sectionTree, sectionTree, (section, patch) => {
        const once = merge(merge({}, section), patch);
        expect(hasNull(once)).toBe(false);
        expect(merge(once, patch)).toEqual(once);
      }),
    );
  });

  it('may be done of patches first, where these set no object in the place of what is none', () => {
    const flat = fc.dictionary(fc.constantFrom('a', 'b', '_c'), fc.constantFrom(1, 'x', true, null));
    fc.assert(
      fc.property(flat, flat, flat, (section, first, second) => {
        const kept = merge({}, section);
        expect(merge(merge(kept, first), second)).toEqual(merge(kept, { ...first, ...second }));
      }),
    );
  });

  it('leaves both as they were', () => {
    fc.assert(
      fc.property(sectionTree, sectionTree, (section, patch) => {
        const before = JSON.stringify([section, patch]);
        merge(section, patch);
        expect(JSON.stringify([section, patch])).toBe(before);
      }),
    );
  });
});

describe('the patch of a replacement', () => {
  it('leads from the one to the other, also on the device', () => {
    fc.assert(
      fc.property(sectionTree, sectionTree, (first, second) => {
        const section = merge({}, first);
        expect(merge(section, replacing(section, second))).toEqual(merge({}, second));
        expect(merge(section, clearing(section))).toEqual({});
        expect(Object.keys(clearing(section))).toEqual(Object.keys(section));
      }),
    );
  });
});

describe('metadata', () => {
  it('has the shape of the values after any patches, and reads back', () => {
    fc.assert(
      fc.property(fc.array(sectionTree, { maxLength: 5 }), (patches) => {
        let section: TwinTree = {};
        let text = metadataText({ $lastUpdated: 'first' });
        patches.forEach((patch, index) => {
          section = merge(section, patch);
          text = metadataText(stamped(readMetadata(text), patch, { $lastUpdated: `t${index}` }));
        });
        const metadata = readMetadata(text);
        expect(isOfShape(metadata, section)).toBe(true);
        expect(metadataText(metadata)).toBe(text);
      }),
    );
  });
});
