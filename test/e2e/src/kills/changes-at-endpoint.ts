import { changeOf, type ReadChanges, type TwinChange, type TwinDocument, trustAuthority } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';
import { EventCollector } from '../support/event-collector.js';

/** Gives changes of twins as Event Hubs clients read them, while something is done with them. */
export async function changesAtEndpoint<Result>(
  hub: HubAccess,
  act: (read: ReadChanges) => Promise<Result>,
): Promise<Result> {
  trustAuthority(hub.ca);
  const collector = EventCollector.open(hub);
  try {
    return await act(async () => changesIn(collector));
  } finally {
    await collector.close();
  }
}

function changesIn({ events }: EventCollector): ReadonlyMap<string, readonly TwinChange[]> {
  const changes = new Map<string, TwinChange[]>();
  for (const { systemProperties = {}, body } of events) {
    if (systemProperties['iothub-message-source'] === 'twinChangeEvents') {
      const deviceId = String(systemProperties['iothub-connection-device-id']);
      changes.set(deviceId, [...(changes.get(deviceId) ?? []), changeOf(body as TwinDocument)]);
    }
  }
  return changes;
}
