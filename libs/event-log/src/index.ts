export { EmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded/embedded-event-log.js';
export { EventLogError } from './errors.js';
export { partitionOf } from './partitioner.js';
export * from './port.js';
