/** Bounds of one AMQP server, each with the attack or accident that it stops. */
export interface AmqpLimits {
  /** Connections of the process. */
  readonly maxConnections: number;
  /** Largest frame taken and announced; also the largest ever sent. */
  readonly maxFrameBytes: number;
  /** Largest SASL frame: a PLAIN response carries a whole token. */
  readonly maxSaslFrameBytes: number;
  /** Sessions of one connection. Client libraries that multiplex open one for each device. */
  readonly maxSessions: number;
  /** Sessions of all connections together. */
  readonly maxTotalSessions: number;
  /** Links of one connection: a device has eight at most. */
  readonly maxLinks: number;
  /** Bytes of deliveries that have begun but not ended (`more=true`), over all links of a connection. */
  readonly maxIncompleteBytes: number;
  /** Bytes of received deliveries not settled yet, beyond which the connection is not read. */
  readonly maxUnsettledBytes: number;
  /** Bytes written but not taken by the peer, beyond which nothing more is sent to it and it is not read. */
  readonly maxBufferedBytes: number;
  /** Tokens that one connection may put. */
  readonly maxTokens: number;
  /** Time from the first byte expected to a complete open. */
  readonly openTimeoutMs: number;
  /** Time for the peer to answer a close. */
  readonly closeTimeoutMs: number;
  /** Announced as idle-time-out; a peer silent for twice as long is closed. */
  readonly idleTimeoutMs: number;
  /** A peer that takes nothing of what was written is closed after this time. */
  readonly writeTimeoutMs: number;
}

export const DEFAULT_AMQP_LIMITS: AmqpLimits = {
  maxConnections: 20_000,
  maxFrameBytes: 64 * 1024,
  maxSaslFrameBytes: 16 * 1024,
  maxSessions: 1_024,
  maxTotalSessions: 200_000,
  maxLinks: 8_192,
  maxIncompleteBytes: 4 * 1024 * 1024,
  maxUnsettledBytes: 4 * 1024 * 1024,
  maxBufferedBytes: 256 * 1024,
  maxTokens: 1_024,
  openTimeoutMs: 30_000,
  closeTimeoutMs: 2_000,
  idleTimeoutMs: 120_000,
  writeTimeoutMs: 60_000,
};
