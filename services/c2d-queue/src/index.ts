export { C2D_QUEUE_SERVICE, C2dQueueModule } from './c2d-queue.module.js';
export { type C2dQueueRuntime, createC2dQueueService } from './create-c2d-queue-service.js';
export { MAX_COUNTS, MAX_ITEMS, MAX_LOCK_MS, MAX_MESSAGE_BYTES } from './limits.js';
export type { C2dQueueOptions, C2dQueueSettings } from './options.js';
