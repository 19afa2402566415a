import type { Duplex } from 'node:stream';
import type { Timer } from '@mooring/clock';
import type { ConnectionInfo } from '@mooring/listener';
import { cbsNode } from '../cbs/cbs-node.js';
import { TokenStore } from '../cbs/token-store.js';
import type { Attach } from '../engine/attach.js';
import { ConnectionEngine } from '../engine/connection-engine.js';
import type { EngineHost, PeerOpen } from '../engine/engine-host.js';
import type { Link } from '../engine/link.js';
import type { SessionEngine } from '../engine/session-engine.js';
import { LinkError, toAmqpError } from '../errors/amqp-error.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { EMPTY_FRAME } from '../frames/performative-frames.js';
import { protocolHeader } from '../frames/protocol-header.js';
import { FrameGuard } from '../guard/frame-guard.js';
import type { ClientRole } from '../links/link-handler.js';
import type { PeerInfo } from '../links/peer-info.js';
import { IdleWatch } from './idle-watch.js';
import { InboundStream } from './inbound-stream.js';
import { LinkAdmission } from './link-admission.js';
import type { ServerContext } from './server-context.js';
import { StreamWriter } from './stream-writer.js';

/** rhea's clients take the end of a session before outcomes that come with it, and send again what was accepted. */
const LAST_ANSWERS_MS = 100;

let connections = 0;

type Peer = { -readonly [K in keyof PeerInfo]: PeerInfo[K] };

/** One connection: bytes in, judged frame by frame, to the engine; and the engine's frames out. */
export class AmqpConnection implements EngineHost {
  maxFrameBytes: number;
  private readonly peer: Peer;
  private readonly inbound: InboundStream;
  private readonly guard: FrameGuard;
  private readonly writer: StreamWriter;
  private readonly tokens: TokenStore;
  private readonly engine: ConnectionEngine;
  private readonly admission: LinkAdmission;
  private readonly undisposed = new Set<SessionEngine>();
  private deadline: Timer | undefined;
  private idle: IdleWatch | undefined;
  private lastRead: number;
  /** A SASL exchange is under way. */
  private deciding = false;
  private heldBytes = 0;
  private draining = false;
  private incompleteBytes = 0;
  private closing = false;
  private gone = false;

  constructor(
    private readonly stream: Duplex,
    transport: ConnectionInfo,
    private readonly context: ServerContext,
    private readonly closed: () => void,
  ) {
    const { clock, limits } = context;
    this.peer = { connectionId: `amqp-${++connections}`, transport, containerId: '', hostname: '', ended: undefined };
    this.maxFrameBytes = limits.maxFrameBytes;
    this.lastRead = clock.monotonic();
    this.guard = new FrameGuard(limits, context.sessions);
    this.tokens = new TokenStore(clock, limits.maxTokens);
    this.writer = new StreamWriter(stream, {
      clock,
      maxBufferedBytes: limits.maxBufferedBytes,
      timeoutMs: limits.writeTimeoutMs,
      relieved: () => this.relieved(),
      stalled: () => this.violate(new ProtocolViolation('stalled', 'The peer does not read.')),
    });
    this.engine = new ConnectionEngine(this, limits);
    this.inbound = this.openInbound();
    const failed = (error: unknown) => context.logger.error({ err: error }, 'A node of AMQP failed.');
    const cbs = cbsNode({ tokens: this.tokens, authorities: context.authorities, failed });
    this.admission = new LinkAdmission(context, this.tokens, [cbs]);
    this.deadline = clock.after(limits.openTimeoutMs, () =>
      this.violate(new ProtocolViolation('timeout', 'The connection was not opened in time.')),
    );
    stream.on('data', (chunk: Buffer) => this.read(chunk));
    stream.on('end', () => this.destroy());
    stream.on('close', () => this.destroy());
    stream.on('error', () => this.destroy());
  }

  get congested(): boolean {
    return this.writer.congested;
  }

  /** Takes nothing more, answers what has come, then closes; the peer is told that it may connect again. */
  drain(): void {
    if (!this.closing) {
      this.peer.ended = 'drained';
      this.draining = true;
      this.stopReading();
      this.finishDrain();
    }
  }

  close(error?: unknown): void {
    // Sessions before: Node's clients wait 45 s for answers on those that a close leaves open.
    this.engine.endSessions(error && new LinkError('amqp:link:detach-forced', toAmqpError(error).description));
    if (!this.engine.close(error)) {
      this.destroy();
    }
  }

  detach(address: string, client: ClientRole, error?: unknown): boolean {
    return this.engine.detach((link) => link.client === client && link.address.toLowerCase() === address, error);
  }

  async reviewTokens(): Promise<void> {
    await this.tokens.review();
  }

  destroy(): void {
    if (this.gone) {
      return;
    }
    this.gone = true;
    this.stopReading();
    this.deadline?.cancel();
    this.idle?.stop();
    this.writer.dispose();
    this.engine.stop();
    this.guard.release();
    this.tokens.dispose();
    this.stream.destroy();
    this.closed();
  }

  write(frame: Buffer): void {
    if (this.gone) {
      return;
    }
    if (frame.length > this.maxFrameBytes) {
      this.violate(new ProtocolViolation('limit', 'An answer is larger than the frames that the peer takes.'));
      return;
    }
    this.context.metrics.framesSent.inc();
    this.writer.write(frame);
    this.readOrPause();
  }

  dispositionsPending(session: SessionEngine): void {
    if (this.undisposed.size === 0) {
      queueMicrotask(() => this.writeDispositions());
    }
    this.undisposed.add(session);
  }

  writeDispositions(): void {
    if (this.undisposed.size > 0) {
      const sessions = [...this.undisposed];
      this.undisposed.clear();
      for (const session of sessions) {
        session.writeDispositions();
      }
    }
  }

  incomplete(bytes: number): void {
    this.incompleteBytes += bytes;
    if (this.incompleteBytes > this.context.limits.maxIncompleteBytes) {
      throw new ProtocolViolation('limit', 'Too much of incomplete messages.', 'amqp:resource-limit-exceeded');
    }
  }

  held(bytes: number): void {
    this.heldBytes += bytes;
    this.readOrPause();
    if (this.draining) {
      this.finishDrain();
    }
  }

  opened({ containerId, hostname, idleTimeoutMs, maxFrameBytes }: PeerOpen): void {
    const { clock, limits } = this.context;
    this.deadline?.cancel();
    this.peer.containerId = containerId;
    this.peer.hostname = hostname;
    this.maxFrameBytes = Math.min(limits.maxFrameBytes, maxFrameBytes ?? limits.maxFrameBytes);
    this.idle = new IdleWatch({
      clock,
      peerTimeoutMs: idleTimeoutMs,
      ownTimeoutMs: limits.idleTimeoutMs,
      lastRead: () => (this.stream.isPaused() ? clock.monotonic() : this.lastRead),
      lastWrite: () => this.writer.lastWrite,
      heartbeat: () => this.writer.write(EMPTY_FRAME),
      idle: () => this.violate(new ProtocolViolation('silent', 'The peer is silent.', 'amqp:connection:forced')),
    });
  }

  attached(link: Link, attach: Attach): void {
    this.admission.ask(link, attach, this.peer);
  }

  detached(link: Link): void {
    this.admission.left(link);
  }

  /** Our close is out: the peer has a moment to answer it, or has already. */
  closeWritten(): void {
    this.endSoon();
    this.writer.end();
    this.stream.resume();
  }

  fail(error: unknown): void {
    const violation =
      error instanceof ProtocolViolation
        ? error
        : new ProtocolViolation('engine', 'The frame cannot be handled.', 'amqp:internal-error', { cause: error });
    this.violate(violation);
  }

  private openInbound(): InboundStream {
    const { limits, authorities, metrics } = this.context;
    return new InboundStream({
      limits,
      authorities,
      peer: this.peer,
      tokens: this.tokens,
      write: (bytes) => this.writer.write(bytes),
      frame: (frame) => {
        const code = this.guard.inspect(frame);
        if (code !== undefined) {
          this.engine.take(code, frame, this.guard.fields);
        }
      },
      deciding: (deciding) => {
        this.deciding = deciding;
        this.readOrPause();
      },
      refused: () => {
        metrics.violations.inc({ reason: 'sasl' });
        this.closeWritten();
      },
      failed: (error) => this.fail(error),
    });
  }

  private read(chunk: Buffer): void {
    this.lastRead = this.context.clock.monotonic();
    this.inbound.read(chunk);
  }

  /** A peer that does not take answers, or whose messages are not settled yet, is not read until it does, or they are. */
  private readOrPause(): void {
    if (this.closing) {
      return;
    }
    const pause = this.deciding || this.writer.congested || this.heldBytes > this.context.limits.maxUnsettledBytes;
    if (pause !== this.stream.isPaused()) {
      if (pause) {
        this.stream.pause();
      } else {
        this.stream.resume();
      }
    }
  }

  private relieved(): void {
    this.readOrPause();
    if (!this.closing) {
      this.engine.notifyAll();
    }
  }

  private violate(violation: ProtocolViolation): void {
    if (this.closing) {
      return;
    }
    this.peer.ended = violation.reason;
    this.context.metrics.violations.inc({ reason: violation.reason });
    const { cause } = violation;
    this.context.logger.debug(
      { connection: this.peer.connectionId, reason: violation.reason, ...(cause === undefined ? {} : { err: cause }) },
      violation.message,
    );
    if (violation.reason === 'protocol-header') {
      this.writer.write(protocolHeader('amqp'));
      this.closeWritten();
    } else if (this.engine.close(new LinkError(violation.condition, violation.message))) {
      this.endSoon();
    } else {
      this.destroy();
    }
  }

  /** Nothing more is taken from the peer, and whatever happens to the close that is on its way, the connection ends. */
  private endSoon(): void {
    const { clock, limits } = this.context;
    this.stopReading();
    this.idle?.stop();
    this.deadline?.cancel();
    this.deadline = clock.after(limits.closeTimeoutMs, () => this.destroy());
  }

  private finishDrain(): void {
    if (this.heldBytes === 0 && !this.gone) {
      this.deadline?.cancel();
      this.deadline = this.context.clock.after(LAST_ANSWERS_MS, () =>
        this.close(new LinkError('amqp:connection:forced', 'The hub is closing; connect again.')),
      );
    }
  }

  private stopReading(): void {
    this.closing = true;
    this.inbound.stop();
  }
}
