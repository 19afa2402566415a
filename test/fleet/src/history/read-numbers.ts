import { EventHubConsumerClient } from '@azure/event-hubs';
import { type HubAccess, until } from '@mooring/test-parts';
import { trustAuthority } from '../trust.js';

/**
 * Reads the whole built-in endpoint with the official Event Hubs client, up to what each partition holds now.
 * @returns per device, the numbers it sent in the order in which the endpoint holds them
 */
export async function readNumbers(hub: HubAccess): Promise<Map<string, number[]>> {
  trustAuthority(hub.ca);
  const client = new EventHubConsumerClient('$Default', hub.eventHubsConnectionString);
  const numbers = new Map<string, number[]>();
  try {
    const ends = new Map<string, number>();
    for (const id of await client.getPartitionIds()) {
      const { isEmpty, lastEnqueuedSequenceNumber } = await client.getPartitionProperties(id);
      if (!isEmpty) {
        ends.set(id, lastEnqueuedSequenceNumber);
      }
    }
    const errors: Error[] = [];
    const subscription = client.subscribe(
      {
        processEvents: async (events, { partitionId }) => {
          for (const event of events) {
            const device = String(event.systemProperties?.['iothub-connection-device-id']);
            const known = numbers.get(device) ?? [];
            numbers.set(device, known);
            known.push(Number(event.properties?.['n']));
            if (event.sequenceNumber >= (ends.get(partitionId) ?? -1)) {
              ends.delete(partitionId);
            }
          }
        },
        processError: async (error) => {
          errors.push(error);
        },
      },
      { startPosition: { offset: '-1' }, maxBatchSize: 1000, maxWaitTimeInSeconds: 1 },
    );
    await until(() => ends.size === 0, { what: 'the end of every partition', timeoutMs: 60_000 });
    await subscription.close();
    if (errors.length > 0) {
      throw new AggregateError(errors, 'reading the built-in endpoint failed');
    }
  } finally {
    await client.close();
  }
  return numbers;
}
