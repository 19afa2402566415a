/** Told of each acknowledgement, with the milliseconds that it took. */
export type AcknowledgedListener = (latencyMs: number) => void;

/** One device of the load generator, whatever its protocol. */
export interface LoadSender {
  /** Sends `inFlight` messages, and another one for each acknowledgement until `stop`. */
  start(inFlight: number): void;
  stop(): void;
  /** Sends one message. */
  publish(): void;
  close(): void;
}
