import type { AmqpLimits } from '../amqp-limits.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { PERFORMATIVE, type PerformativeCode } from '../frames/performative.js';
import { encodeClose, encodeOpen } from '../frames/performative-frames.js';
import type { FieldTable } from '../guard/field-table.js';
import { encodeErrorOf } from './encode-error.js';
import type { EngineHost } from './engine-host.js';
import type { Link } from './link.js';
import { SessionEngine } from './session-engine.js';

const CONTAINER_ID = 'mooring';

/**
 * The server's side of the state machines of connection, sessions and links [AMQP 2.4 to 2.6]: frames that were judged good
 * go in, frames to write come out.
 */
export class ConnectionEngine {
  /** By channel. */
  private readonly sessions = new Map<number, SessionEngine>();
  private state: 'start' | 'open' | 'closed' = 'start';

  constructor(
    private readonly host: EngineHost,
    private readonly limits: AmqpLimits,
  ) {}

  /**
   * @param fields of the frame, as the guard has read them
   * @throws ProtocolViolation
   */
  take(code: PerformativeCode, frame: Buffer, fields: FieldTable): void {
    switch (code) {
      case PERFORMATIVE.open:
        this.open(fields);
        return;
      case PERFORMATIVE.begin: {
        const channel = frame.readUInt16BE(6);
        this.sessions.set(channel, new SessionEngine(this.host, channel, fields));
        return;
      }
      case PERFORMATIVE.end:
        this.end(frame.readUInt16BE(6));
        return;
      case PERFORMATIVE.close:
        this.close();
        return;
      default:
        this.session(frame).take(code, fields, frame);
    }
  }

  /** Sends close, with the error if there is one. @returns false before the peer's open: there is nothing to close */
  close(error?: unknown): boolean {
    if (this.state === 'open') {
      this.state = 'closed';
      this.host.writeDispositions();
      this.host.write(encodeClose(encodeErrorOf(error)));
      this.host.closeWritten();
    }
    return this.state !== 'start';
  }

  endSessions(error?: unknown): void {
    for (const session of this.sessions.values()) {
      session.end(error);
    }
  }

  /** Detaches links that the client has attached. @returns whether there were any */
  detach(isMeant: (link: Link) => boolean, error?: unknown): boolean {
    let found = false;
    for (const session of this.sessions.values()) {
      for (const link of session.links.all.filter(isMeant)) {
        session.closeLink(link, error);
        found = true;
      }
    }
    return found;
  }

  /** There may be room to send again. */
  notifyAll(): void {
    for (const session of this.sessions.values()) {
      session.links.notifyAll();
    }
  }

  /** The connection is gone: every link is told. */
  stop(): void {
    this.state = 'closed';
    for (const session of this.sessions.values()) {
      session.gone();
    }
    this.sessions.clear();
  }

  private open(fields: FieldTable): void {
    const { maxFrameBytes, maxSessions, idleTimeoutMs } = this.limits;
    this.state = 'open';
    this.host.opened({
      containerId: fields.text(0) ?? '',
      hostname: fields.text(1) ?? '',
      maxFrameBytes: fields.uint(2),
      idleTimeoutMs: fields.uint(4),
    });
    this.host.write(
      encodeOpen({ containerId: CONTAINER_ID, maxFrameBytes, channelMax: maxSessions - 1, idleTimeoutMs }),
    );
  }

  private end(channel: number): void {
    const session = this.sessions.get(channel);
    this.sessions.delete(channel);
    session?.gone();
  }

  private session(frame: Buffer): SessionEngine {
    const session = this.sessions.get(frame.readUInt16BE(6));
    if (session === undefined) {
      throw new ProtocolViolation('session', 'A frame names a session that has not begun.');
    }
    return session;
  }
}
