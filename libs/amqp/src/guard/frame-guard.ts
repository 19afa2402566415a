import type { AmqpLimits } from '../amqp-limits.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { PERFORMATIVE, type PerformativeCode } from '../frames/performative.js';
import { FieldTable } from './field-table.js';
import { checkPerformative } from './schemas.js';
import type { SessionBudget } from './session-budget.js';
import { checkTerminus, SessionGuard } from './session-guard.js';

/** Frames are judged and taken one at a time, so that one table serves all connections. */
const fields = new FieldTable();
const terminus = new FieldTable();

/** Below this a frame has no room for a transfer's own fields [AMQP 2.7.1]. */
const MIN_MAX_FRAME_BYTES = 512;

/**
 * Judges each frame of AMQP before anything else reads it. What passes is well formed, comes in an order that the protocol
 * allows, names sessions and links that are there, and asks for no more of them than the limits give.
 */
export class FrameGuard {
  /** Fields of the frame that `inspect` let pass last, of any connection. */
  readonly fields = fields;
  private readonly sessions = new Map<number, SessionGuard>();
  private state: 'start' | 'open' | 'closed' = 'start';
  /** Of all sessions. */
  private links = 0;

  /** Sessions that have not ended. */
  private live = 0;

  constructor(
    private readonly limits: AmqpLimits,
    private readonly budget: SessionBudget,
  ) {}

  /**
   * @returns the frame's performative, or undefined if there is nothing to do (an empty frame, or one that is late)
   * @throws ProtocolViolation
   */
  inspect(frame: Buffer): PerformativeCode | undefined {
    const start = frame.readUInt8(4) * 4;
    if (start === frame.length) {
      return undefined;
    }
    fields.read(frame, start, frame.length);
    const code = checkPerformative(fields);
    if (code !== PERFORMATIVE.transfer && fields.end !== frame.length) {
      throw new ProtocolViolation('frame', 'A frame has a payload where it must have none.');
    }
    if (code === PERFORMATIVE.open || code === PERFORMATIVE.close) {
      this.connectionFrame(code);
      return code;
    }
    if (this.state !== 'open') {
      throw new ProtocolViolation('connection-state', 'A frame comes before open or after close.');
    }
    const channel = frame.readUInt16BE(6);
    if (code === PERFORMATIVE.begin) {
      this.begin(channel);
      return code;
    }
    return this.sessionFrame(code, channel);
  }

  /** The connection is gone. */
  release(): void {
    this.budget.give(this.live);
    this.live = 0;
  }

  private connectionFrame(code: PerformativeCode): void {
    if (code === PERFORMATIVE.close) {
      if (this.state !== 'open') {
        throw new ProtocolViolation('connection-state', 'A close comes before open or after close.');
      }
      this.state = 'closed';
      return;
    }
    if (this.state !== 'start') {
      throw new ProtocolViolation('connection-state', 'The connection is opened twice.');
    }
    const maxFrameBytes = fields.uint(2);
    if (maxFrameBytes !== undefined && maxFrameBytes < MIN_MAX_FRAME_BYTES) {
      throw new ProtocolViolation('field', `max-frame-size is below ${MIN_MAX_FRAME_BYTES}.`, 'amqp:invalid-field');
    }
    this.state = 'open';
  }

  private begin(channel: number): void {
    if (!fields.isNull(0)) {
      throw new ProtocolViolation('session', 'A begin answers a session that the hub has not begun.');
    }
    if (channel >= this.limits.maxSessions) {
      throw new ProtocolViolation('limit', 'Too many sessions.', 'amqp:resource-limit-exceeded');
    }
    if (this.sessions.get(channel)?.ended === false) {
      throw new ProtocolViolation('session', 'A session is begun twice.');
    }
    if (!this.budget.take()) {
      throw new ProtocolViolation('limit', 'The hub has no room for more sessions.', 'amqp:resource-limit-exceeded');
    }
    this.live++;
    this.sessions.set(channel, new SessionGuard());
  }

  private sessionFrame(code: PerformativeCode, channel: number): PerformativeCode | undefined {
    const session = this.sessions.get(channel);
    if (session === undefined) {
      throw new ProtocolViolation('session', 'A frame names a session that has not begun.');
    }
    if (session.ended) {
      return undefined;
    }
    switch (code) {
      case PERFORMATIVE.attach:
        checkTerminus(fields.raw(5), 'source', terminus);
        checkTerminus(fields.raw(6), 'target', terminus);
        session.attach(fields);
        this.countLink();
        return code;
      case PERFORMATIVE.flow:
        return session.flow(fields) ? code : undefined;
      case PERFORMATIVE.transfer:
        session.transfer(fields);
        return code;
      case PERFORMATIVE.detach:
        session.detach(fields);
        this.links--;
        return code;
      case PERFORMATIVE.end:
        this.links -= session.links;
        session.end();
        this.live--;
        this.budget.give(1);
        return code;
      default:
        return code;
    }
  }

  private countLink(): void {
    if (++this.links > this.limits.maxLinks) {
      throw new ProtocolViolation('limit', 'Too many links.', 'amqp:resource-limit-exceeded');
    }
  }
}
