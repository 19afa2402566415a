import { EventHubConsumerClient, type ReceivedEventData, type Subscription } from '@azure/event-hubs';
import { type HubAccess, until } from '@mooring/test-parts';
import WebSocket from 'ws';

export interface CollectorOptions {
  readonly consumerGroup?: string;
  readonly webSocket?: boolean;
}

/** Reads everything in the built-in endpoint with the official Event Hubs client, from the beginning on. */
export class EventCollector {
  readonly events: ReceivedEventData[] = [];
  private readonly errors: Error[] = [];
  private readonly subscription: Subscription;

  private constructor(private readonly client: EventHubConsumerClient) {
    this.subscription = client.subscribe(
      {
        processEvents: async (events) => {
          this.events.push(...events);
        },
        processError: async (error) => {
          this.errors.push(error);
        },
      },
      { startPosition: { offset: '-1' }, maxBatchSize: 500, maxWaitTimeInSeconds: 1 },
    );
  }

  static open(
    hub: HubAccess,
    { consumerGroup = '$Default', webSocket = false }: CollectorOptions = {},
  ): EventCollector {
    const client = new EventHubConsumerClient(consumerGroup, hub.eventHubsConnectionString, {
      ...(webSocket ? { webSocketOptions: { webSocket: WebSocket } } : {}),
    });
    return new EventCollector(client);
  }

  /** Waits until this many events of a device are there, and gives them. */
  async ofDevice(deviceId: string, count: number): Promise<readonly ReceivedEventData[]> {
    const found = (): ReceivedEventData[] =>
      this.events.filter((event) => event.systemProperties?.['iothub-connection-device-id'] === deviceId);
    try {
      await until(() => found().length >= count, { what: `${count} events of ${deviceId}`, timeoutMs: 20_000 });
    } catch (cause) {
      const seen = `${found().length} of its events came; errors: ${this.errors.map((error) => error.message).join(', ')}`;
      throw new Error(`${count} events of ${deviceId} were awaited, ${seen}`, { cause });
    }
    return found();
  }

  async close(): Promise<void> {
    await this.subscription.close();
    await this.client.close();
  }
}
