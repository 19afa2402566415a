import type { Collection } from '@mooring/document-store';
import type { twin as contract } from '@mooring/proto';
import { readMetadata } from '../domain/metadata.js';
import { isTwinOf } from '../domain/new-twin.js';
import { fromTwinRecord, type TwinRecord } from '../store/twin-record.js';
import { checkCount, deviceTwin } from './device-twin.js';

const UNKNOWN: contract.DesiredVersion = { version: 0, updatedTimeMs: 0 };

/**
 * Which desired properties there are, and since when.
 *
 * @throws HubError `ArgumentInvalid` if too many are asked for
 */
export async function desiredVersions(
  collection: Collection<TwinRecord>,
  { twins }: contract.GetDesiredVersionsRequest,
): Promise<contract.GetDesiredVersionsResponse> {
  checkCount(twins.length);
  const wanted = twins.map(deviceTwin);
  const names = new Set(wanted.flatMap((each) => (each === undefined ? [] : [each.name])));
  const stored = new Map((await collection.getMany([...names])).map((record) => [record._id, record]));
  return {
    versions: wanted.map((each) => {
      const record = each && stored.get(each.name);
      return record !== undefined && each !== undefined ? versionOf(record, each.generation) : UNKNOWN;
    }),
  };
}

function versionOf(record: Parameters<typeof fromTwinRecord>[0], generation: string): contract.DesiredVersion {
  const twin = fromTwinRecord(record);
  if (!isTwinOf(twin, generation)) {
    return UNKNOWN;
  }
  const { $lastUpdated } = readMetadata(twin.desiredMetadata);
  return { version: twin.desiredVersion, updatedTimeMs: Date.parse($lastUpdated) };
}
