import { EmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded/embedded-event-log.js';
import { KafkaEventLog } from './kafka/kafka-event-log.js';
import type { KafkaEventLogOptions } from './kafka/settings.js';
import type { EventLog } from './port.js';

export type EventLogOptions =
  | ({ readonly kind: 'embedded' } & EmbeddedEventLogOptions)
  | ({ readonly kind: 'kafka' } & KafkaEventLogOptions);

/** Opens the event log that the options name. */
export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  return options.kind === 'embedded' ? EmbeddedEventLog.open(options) : new KafkaEventLog(options);
}
