import { HubError } from '@mooring/errors';
import { desiredEvent, replaceEvent, updateEvent } from './change-event.js';
import { nextEtag } from './etag.js';
import { isObject, parseObject } from './json-text.js';
import { MAX_TAGS_SIZE, MAX_UPDATE_TEXT } from './limits.js';
import { clearing, merge, replacing } from './merge.js';
import { withEvents } from './pending.js';
import { changeSection, type SectionChange } from './section-change.js';
import { sectionPatch } from './section-patch.js';
import { checkSectionSize } from './section-size.js';
import type { Twin } from './twin.js';
import type { TwinTree } from './user-keys.js';

/** What a back end wants of tags and desired properties: undefined leaves a section alone, null clears it. */
export interface TwinUpdate {
  readonly replace: boolean;
  readonly tags: TwinTree | null | undefined;
  readonly desired: TwinTree | null | undefined;
}

/**
 * Reads an update from JSON text; what is neither tags nor desired properties is left out.
 *
 * @param replace whether both sections are replaced; then an absent one is emptied
 * @throws HubError `ArgumentInvalid`, `MessageTooLarge`
 */
export function readUpdate(text: Uint8Array, replace: boolean): TwinUpdate {
  const document = parseObject(text, MAX_UPDATE_TEXT);
  const properties = ownField(document, 'properties') ?? {};
  if (!isObject(properties)) {
    throw new HubError('ArgumentInvalid', 'properties must be an object.');
  }
  const absent = replace ? {} : undefined;
  const tags = ownField(document, 'tags');
  const desired = ownField(properties, 'desired');
  return {
    replace,
    tags: tags === undefined ? absent : sectionPatch(tags, 'tags'),
    desired: desired === undefined ? absent : sectionPatch(desired, 'properties.desired'),
  };
}

/**
 * The twin after an update, with the events that it gives birth to; the very same twin where the update names no section.
 *
 * @throws HubError `MessageTooLarge`, `ServiceUnavailable`
 */
export function applyUpdate(twin: Twin, update: TwinUpdate, time: number): Twin {
  const tagsPatch = effectivePatch(twin.tags, update.tags, update.replace);
  const desiredPatch = effectivePatch(twin.desired, update.desired, update.replace);
  if (tagsPatch === undefined && desiredPatch === undefined) {
    return twin;
  }
  const tags = tagsPatch === undefined ? twin.tags : merge(twin.tags, tagsPatch);
  checkSectionSize(tags, 'tags', MAX_TAGS_SIZE);
  const desired = desiredPatch && changeDesired(twin, desiredPatch, time);
  const changed: Twin = {
    ...twin,
    twinVersion: twin.twinVersion + 1,
    etag: nextEtag(twin.etag),
    tags,
    ...(desired && { desired: desired.tree, desiredVersion: desired.version, desiredMetadata: desired.metadata }),
  };
  const event = update.replace ? replaceEvent(changed, time) : updateEvent(changed, { tags: tagsPatch, desired }, time);
  const added = desired === undefined ? [event] : [event, desiredEvent(changed, desired, time)];
  return { ...changed, pending: withEvents(twin.pending, added) };
}

function changeDesired(twin: Twin, patch: TwinTree, time: number): SectionChange {
  const { desired: tree, desiredVersion: version, desiredMetadata: metadata } = twin;
  return changeSection({ tree, version, metadata }, patch, { name: 'desired', time: new Date(time).toISOString() });
}

function effectivePatch(
  current: TwinTree,
  wanted: TwinTree | null | undefined,
  replace: boolean,
): TwinTree | undefined {
  if (wanted === undefined) {
    return undefined;
  }
  if (wanted === null) {
    return clearing(current);
  }
  return replace ? replacing(current, wanted) : wanted;
}

function ownField(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
