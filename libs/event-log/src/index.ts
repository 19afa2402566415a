export type { AppendLimits } from './appending/back-pressure.js';
export { EmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded/embedded-event-log.js';
export { EventLogError } from './errors.js';
export { KafkaEventLog } from './kafka/kafka-event-log.js';
export type { KafkaEventLogOptions } from './kafka/settings.js';
export { type EventLogOptions, openEventLog } from './open-event-log.js';
export { partitionOf } from './partitioner.js';
export * from './port.js';
