import type { CollectionSpec } from '@mooring/document-store';
import { twinField } from './twin-fields.js';

/**
 * Indexes that queries use, beside the twin service's own: the paths that the hub's configuration names, then what the
 * registry and monitoring know. Where several serve a query equally well, an earlier one is taken.
 *
 * @param declared e.g. `tags.building` or `properties.reported.firmware`
 */
export function queryIndexes(declared: readonly string[]): CollectionSpec['indexes'] {
  const paths = declared
    .map((path) => twinField('devices', path.split('.'))?.path)
    .filter((path) => path !== undefined);
  return [...new Set(paths), ...REGISTRY_PATHS].map((path) => [path]);
}

/** Few of these change often; `status` is only there in twins whose identity is gone. */
const REGISTRY_PATHS = [
  'status',
  'modelId',
  'identity.status',
  'connection.state',
  'connection.lastActivityTime',
  'moduleId',
];
