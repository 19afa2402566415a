import rhea from 'rhea';
import frames from 'rhea/lib/frames.js';
import type { AmqpLimits } from '../amqp-limits.js';
import { toAmqpError } from '../errors/amqp-error.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { PERFORMATIVE, type PerformativeCode } from '../frames/performative.js';
import type { FieldTable } from '../guard/field-table.js';
import { adoptSession, type FlowFields } from './adopt-session.js';
import { typedError } from './encode-error.js';
import type { EngineHost } from './engine-host.js';
import { LinkTable } from './link-table.js';
import { encodeFrame } from './performative-writer.js';
import type { RheaConnection, RheaContext, RheaLink, RheaPerformative, RheaSession } from './rhea-internals.js';
import { SessionEngine } from './session-engine.js';

const container = rhea.create_container({ id: 'mooring' });

const OF_SESSIONS: ReadonlySet<PerformativeCode> = new Set([
  PERFORMATIVE.attach,
  PERFORMATIVE.flow,
  PERFORMATIVE.detach,
]);

/** Runs rhea's state machines for one connection: frames that were judged good go in, frames to write come out. */
export class ConnectionEngine {
  private readonly rhea: RheaConnection;
  /** By the peer's channel. */
  private readonly sessions = new Map<number, SessionEngine>();
  private stopped = false;

  constructor(
    private readonly host: EngineHost,
    limits: AmqpLimits,
  ) {
    this.rhea = container.create_connection({
      max_frame_size: limits.maxFrameBytes,
      channel_max: limits.maxSessions - 1,
      idle_time_out: limits.idleTimeoutMs,
      sender_options: { autosettle: false },
      receiver_options: { autoaccept: false, autosettle: false, credit_window: 0 },
      reconnect: false,
      port: 0,
    }) as unknown as RheaConnection;
    this.rhea.is_server = true;
    this.rhea._register = () => this.schedule();
    this.rhea._write_frame = (channel, performative) => this.write(channel, performative);
    this.listen();
  }

  /** @param fields of the frame, as the guard has read them */
  take(code: PerformativeCode, frame: Buffer, fields: FieldTable): void {
    switch (code) {
      case PERFORMATIVE.transfer:
        this.session(frame).receive(fields, frame);
        return;
      case PERFORMATIVE.disposition:
        this.session(frame).disposition(fields);
        return;
      default: {
        if (this.isLate(code, frame)) {
          return;
        }
        const decoded = frames.read_frame(frame);
        decoded.performative?.dispatch(this.rhea, decoded);
      }
    }
  }

  /** Sends close, with the error if there is one; before the peer's open there is nothing to close. */
  close(error?: unknown): boolean {
    if (!this.rhea.state.local_open) {
      return false;
    }
    const performative = (this.rhea.local as unknown as { close: RheaPerformative }).close;
    if (error !== undefined) {
      performative.value[0] = typedError(toAmqpError(error));
    }
    this.rhea.close();
    return true;
  }

  endSessions(error?: unknown): void {
    for (const session of this.sessions.values()) {
      session.end(error);
    }
  }

  /** Detaches links that the client has attached. @returns whether there were any */
  detach(isMeant: (link: RheaLink) => boolean, error?: unknown): boolean {
    let found = false;
    for (const { links } of this.sessions.values()) {
      for (const link of [...links.all].filter(isMeant)) {
        links.close(link, error);
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
    this.stopped = true;
    for (const session of this.sessions.values()) {
      this.endSession(session);
    }
    this.sessions.clear();
  }

  private session(frame: Buffer): SessionEngine {
    const session = this.sessions.get(frame.readUInt16BE(6));
    if (session === undefined) {
      throw new ProtocolViolation('session', 'A frame names a session that has not begun.');
    }
    return session;
  }

  /** Whether a frame has crossed the end of its session. */
  private isLate(code: PerformativeCode, frame: Buffer): boolean {
    return OF_SESSIONS.has(code) && this.sessions.get(frame.readUInt16BE(6))?.ended === true;
  }

  private listen(): void {
    this.rhea.on('connection_open', () => this.opened());
    this.rhea.on('session_open', ({ session }) => this.begun(session));
    this.rhea.on('sender_open', ({ session, sender }) => this.attached(session, sender));
    this.rhea.on('receiver_open', ({ session, receiver }) => this.attached(session, receiver));
    for (const event of ['sender_close', 'receiver_close']) {
      this.rhea.on(event, (context) => this.detached(context));
    }
    this.rhea.on('session_close', ({ session }) => this.ended(session));
    // Heard so that rhea does not throw; what matters is in the events above.
    for (const event of ['sender_error', 'receiver_error', 'session_error', 'connection_error', 'connection_close']) {
      this.rhea.on(event, () => undefined);
    }
    for (const event of ['error', 'protocol_error']) {
      this.rhea.on(event, (error: unknown) => this.host.fail(error));
    }
  }

  private opened(): void {
    const { container_id, hostname, idle_time_out, max_frame_size } = this.rhea.remote.open ?? {};
    this.host.opened(text(container_id), text(hostname), number(idle_time_out), number(max_frame_size));
  }

  private begun(rheaSession: RheaSession): void {
    const begin = (rheaSession.remote as unknown as { begin: { incoming_window: number } }).begin;
    const links = new LinkTable(rheaSession);
    const session = new SessionEngine(this.host, rheaSession, links, begin.incoming_window);
    this.sessions.set(rheaSession.remote.channel, session);
    adoptSession(rheaSession, (fields) => this.flow(rheaSession, session, fields));
  }

  private attached(rheaSession: RheaSession, link: RheaLink | undefined): void {
    const session = this.sessions.get(rheaSession.remote.channel);
    if (session !== undefined && link !== undefined) {
      session.links.asked(link);
      const first = (link.remote.attach as unknown as { initial_delivery_count?: number | null })
        .initial_delivery_count;
      link.delivery_count = link.remote.attach.role ? 0 : (first ?? 0);
      this.host.attached(session, link);
    }
  }

  private detached({ session: rheaSession, sender, receiver }: RheaContext): void {
    const link = sender ?? receiver;
    const session = this.sessions.get(rheaSession.remote.channel);
    if (session !== undefined && link !== undefined) {
      session.links.gone(link);
      this.host.detached(link);
    }
  }

  private ended(rheaSession: RheaSession): void {
    const session = this.sessions.get(rheaSession.remote.channel);
    if (session !== undefined) {
      this.sessions.delete(rheaSession.remote.channel);
      this.endSession(session);
    }
  }

  private endSession(session: SessionEngine): void {
    for (const link of [...session.links.all]) {
      session.links.gone(link);
      this.host.detached(link);
    }
  }

  private flow(rheaSession: RheaSession, session: SessionEngine, fields: FlowFields): void {
    rheaSession.incoming.next_transfer_id = fields.next_outgoing_id;
    session.peerFlow(fields.next_incoming_id ?? undefined, fields.incoming_window);
    const target = typeof fields.handle === 'number' ? session.links.outgoing(fields.handle) : undefined;
    if (target === undefined) {
      session.links.notifyAll();
    } else {
      const { rhea: link } = target;
      const underWay = (link.delivery_count - (fields.delivery_count ?? 0)) >>> 0;
      link.credit = Math.max(0, (fields.link_credit ?? 0) - underWay);
      target.link?.notify();
      if (fields.drain === true && link.credit > 0) {
        link.delivery_count = (link.delivery_count + link.credit) >>> 0;
        link.credit = 0;
      }
    }
    if (fields.echo === true || fields.drain === true) {
      if (target !== undefined) {
        target.rhea._get_drain = () => fields.drain === true;
      }
      rheaSession._write_flow(target?.rhea);
    }
  }

  private schedule(): void {
    if (!this.rhea.registered && !this.stopped) {
      this.rhea.registered = true;
      process.nextTick(() => {
        try {
          this.rhea._process();
        } catch (error) {
          this.rhea.registered = false;
          this.host.fail(error);
        }
      });
    }
  }

  private write(channel: number, performative: RheaPerformative | undefined): void {
    if (performative === undefined || this.stopped) {
      return;
    }
    const frame = encodeFrame(channel, performative);
    if (frame.length > this.host.maxFrameBytes) {
      throw new ProtocolViolation('limit', 'An answer is larger than the frames that the peer takes.');
    }
    this.host.write(frame);
    if (performative === (this.rhea.local as unknown as { close: RheaPerformative }).close) {
      this.host.closeWritten();
    }
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
