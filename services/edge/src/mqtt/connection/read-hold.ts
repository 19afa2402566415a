/** Reasons not to read a connection, as bits: it is read while there is none. */
export const HOLD = {
  /** Its CONNECT is being decided. */
  connecting: 1,
  /** As many publishes as it may have are unacknowledged. */
  window: 2,
  /** The event log takes no more of it for the moment. */
  lane: 4,
  /** It does not read what it is sent. */
  write: 8,
  /** Its session is being stored. */
  session: 16,
  /** It is unknown whether it still holds its identity. */
  ownership: 32,
  draining: 64,
  /** What it sends is beyond the limit. */
  throttle: 128,
} as const;
