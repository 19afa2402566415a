import type { Appender, StoredRecord } from '@mooring/event-log';
import type { Endpoint } from '../domain/endpoint.js';

/** Consumer group and name of the built-in endpoint. */
export const BUILT_IN_ENDPOINT = 'events';

/** The built-in endpoint: the topic that Event Hubs clients and Kafka consumers read. Messages arrive unchanged. */
export class BuiltInEndpoint implements Endpoint {
  readonly name = BUILT_IN_ENDPOINT;

  /** @param events appends to the topic of the built-in endpoint */
  constructor(private readonly events: Appender) {}

  deliver(records: readonly StoredRecord[]): Promise<void> {
    return this.events.appendAll(records);
  }
}
