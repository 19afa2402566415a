/** Items of one call of an edge. */
export const MAX_ITEMS = 500;

/** Queues that one call may count. */
export const MAX_COUNTS = 1_000;

/** Payload, properties and system properties of a message together. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/** Contents in one answer to an edge; what has no room is received by the next call. */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** How far away the expiry of a message may be. */
export const MAX_TIME_TO_LIVE_MS = 2 * 24 * 3_600_000;

/** The longest lock that a receiver may ask for. */
export const MAX_LOCK_MS = 300_000;

/** Records of one message of feedback, and how long the first of them waits for others. */
export const FEEDBACK_RECORDS = 64;
export const FEEDBACK_DELAY_MS = 15_000;

/** A message up to this size is kept in the head of its queue, which spares a write of its own; 50 of them are 50 KiB. */
export const MAX_INLINE_BYTES = 1_024;
