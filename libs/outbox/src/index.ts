export type { Channel } from './channel.js';
export { Outbox, type OutboxOptions } from './outbox.js';
export { type EventOf, type OutboxEvent, type OutboxRecord, PENDING_INDEX } from './outbox-record.js';
