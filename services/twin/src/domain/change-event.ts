import { MAX_EVENT_TEXT } from './limits.js';
import { newEventId } from './pending.js';
import type { SectionChange } from './section-change.js';
import { sectionJson, treeJson } from './section-json.js';
import type { Twin } from './twin.js';
import type { DesiredChange, TwinChange } from './twin-event.js';
import { twinJson } from './twin-json.js';
import type { TwinTree } from './user-keys.js';

/** What a change did to each section; absent where it did nothing. */
export interface ChangedSections {
  readonly tags?: TwinTree | undefined;
  readonly desired?: SectionChange | undefined;
  readonly reported?: SectionChange | undefined;
}

/** That a patch was merged. @param twin as it is then */
export function updateEvent(twin: Twin, changed: ChangedSections, time: number): TwinChange {
  const full = updateBody(twin.twinVersion, changed, 'patchMetadata');
  const body = full.length > MAX_EVENT_TEXT ? updateBody(twin.twinVersion, changed, 'briefMetadata') : full;
  return { id: newEventId(), kind: 'change', operation: 'updateTwin', generation: twin.generation, time, body };
}

/** That tags and desired properties were replaced: the whole twin as it is then. */
export function replaceEvent(twin: Twin, time: number): TwinChange {
  const full = twinJson(twin);
  const body = full.length > MAX_EVENT_TEXT ? twinJson(withBriefMetadata(twin)) : full;
  return { id: newEventId(), kind: 'change', operation: 'replaceTwin', generation: twin.generation, time, body };
}

/** For the device, that its desired properties changed. */
export function desiredEvent({ generation }: Twin, { patch, version }: SectionChange, time: number): DesiredChange {
  return { id: newEventId(), kind: 'desired', generation, version, time, body: sectionJson(patch, version) };
}

function updateBody(
  twinVersion: number,
  { tags, desired, reported }: ChangedSections,
  metadata: 'patchMetadata' | 'briefMetadata',
): string {
  const sections = Object.entries({ desired, reported }).flatMap(([name, change]) =>
    change === undefined ? [] : [`"${name}":${sectionJson(change.patch, change.version, change[metadata])}`],
  );
  const parts = [
    `"version":${twinVersion}`,
    ...(tags === undefined ? [] : [`"tags":${treeJson(tags)}`]),
    ...(sections.length === 0 ? [] : [`"properties":{${sections.join()}}`]),
  ];
  return `{${parts.join()}}`;
}

function withBriefMetadata(twin: Twin): Twin {
  return { ...twin, desiredMetadata: brief(twin.desiredMetadata), reportedMetadata: brief(twin.reportedMetadata) };
}

function brief(metadata: string): string {
  const { $lastUpdated, $lastUpdatedVersion } = JSON.parse(metadata) as Record<string, unknown>;
  return JSON.stringify({ $lastUpdated, $lastUpdatedVersion });
}
