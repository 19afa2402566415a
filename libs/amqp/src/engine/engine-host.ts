import type { AttachedConnection } from '../links/attached-session.js';
import type { RheaLink } from './rhea-internals.js';
import type { SessionEngine } from './session-engine.js';

/** What the engine asks of the connection that it runs for. */
export interface EngineHost extends AttachedConnection {
  /** The largest frame that the peer takes and the hub sends. */
  readonly maxFrameBytes: number;
  /** The peer does not take what is written. */
  readonly congested: boolean;
  write(frame: Buffer): void;
  /** A session has settled deliveries whose dispositions are still to be written. */
  dispositionsPending(session: SessionEngine): void;
  /** Writes all dispositions that are pending: an outcome goes out before what follows from it. */
  writeDispositions(): void;
  /** Bytes of incomplete deliveries were added. @throws ProtocolViolation beyond the limit */
  incomplete(bytes: number): void;
  /** Bytes of unsettled deliveries were added. */
  held(bytes: number): void;
  /** The peer's open has come. */
  opened(
    containerId: string,
    hostname: string,
    idleTimeoutMs: number | undefined,
    maxFrameBytes: number | undefined,
  ): void;
  /** A link was asked for and waits to be answered. */
  attached(session: SessionEngine, link: RheaLink): void;
  /** A link is gone. */
  detached(link: RheaLink): void;
  /** The close frame was written. */
  closeWritten(): void;
  /** Whatever went wrong in the engine: the connection must end. */
  fail(error: unknown): void;
}
