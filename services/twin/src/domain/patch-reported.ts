import { HubError } from '@mooring/errors';
import { updateEvent } from './change-event.js';
import { parseObject } from './json-text.js';
import { MAX_REPORTED_TEXT } from './limits.js';
import { withEvents } from './pending.js';
import { changeSection } from './section-change.js';
import { sectionPatch } from './section-patch.js';
import type { Twin } from './twin.js';
import type { TwinTree } from './user-keys.js';

/**
 * Reads a patch of reported properties from the JSON text that a device sent.
 *
 * @throws HubError `ArgumentInvalid`, `MessageTooLarge`
 */
export function readReported(text: Uint8Array): TwinTree {
  return sectionPatch(parseObject(text, MAX_REPORTED_TEXT), 'properties.reported') ?? {};
}

/**
 * The twin after a patch of its reported properties, with the event that tells of it.
 *
 * @param ifVersion the version of the reported properties that the patch is meant for; 0 for any
 * @throws HubError `PreconditionFailed`, `MessageTooLarge`, `ServiceUnavailable`
 */
export function applyReported(
  twin: Twin,
  patch: TwinTree,
  { ifVersion, time }: { readonly ifVersion: number; readonly time: number },
): Twin {
  const { reported: tree, reportedVersion: version, reportedMetadata: metadata } = twin;
  if (ifVersion !== 0 && ifVersion !== version) {
    throw new HubError('PreconditionFailed', `The reported properties have version ${version}, not ${ifVersion}.`);
  }
  const reported = changeSection({ tree, version, metadata }, patch, {
    name: 'reported',
    time: new Date(time).toISOString(),
  });
  const changed: Twin = {
    ...twin,
    twinVersion: twin.twinVersion + 1,
    reported: reported.tree,
    reportedVersion: reported.version,
    reportedMetadata: reported.metadata,
  };
  return { ...changed, pending: withEvents(twin.pending, [updateEvent(changed, { reported }, time)]) };
}
