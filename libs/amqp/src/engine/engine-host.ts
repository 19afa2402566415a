import type { AttachedConnection } from '../links/attached-session.js';
import type { Attach } from './attach.js';
import type { Link } from './link.js';
import type { SessionEngine } from './session-engine.js';

/** What a peer says of itself when it opens a connection. */
export interface PeerOpen {
  readonly containerId: string;
  readonly hostname: string;
  readonly maxFrameBytes: number | undefined;
  readonly idleTimeoutMs: number | undefined;
}

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
  opened(peer: PeerOpen): void;
  /** A link was asked for and waits to be answered. */
  attached(link: Link, attach: Attach): void;
  /** A link is gone. */
  detached(link: Link): void;
  /** The close frame was written. */
  closeWritten(): void;
}
