import type { Duplex } from 'node:stream';
import type { AppendOrigin } from '@mooring/event-log';
import type { ConnectionInfo } from '@mooring/listener';
import type { Span } from '@mooring/observability';
import type { Admission, CloseReason, LiveConnection } from '../../device-session/live/live-connection.js';
import { PublishSpans } from '../../telemetry/publish-spans.js';
import type { PublishTracing } from '../../telemetry/publish-tracing.js';
import { TelemetryStamps } from '../../telemetry/telemetry-stamps.js';
import { connack, pubacks } from '../codec/encode.js';
import { type Frame, FrameReader } from '../codec/frame-reader.js';
import type { ConnectReturnCode } from '../codec/packet-type.js';
import type { MqttContext } from '../mqtt-context.js';
import { dispatch } from '../packets/dispatch.js';
import { ProtocolError } from '../protocol-error.js';
import { telemetryTopic } from '../telemetry-topic.js';
import { publishWill, type WillMessage } from '../will.js';
import type { Due } from './deadline-wheel.js';
import { lingerUntilSent } from './linger.js';
import { HOLD } from './read-hold.js';

/** One frame for all: it is used up before the next is read. */
const frame: Frame = { type: 0, flags: 0, bytes: Buffer.alloc(0), start: 0, end: 0 };
const NEVER = -1;
const NO_SUBSCRIPTIONS: ReadonlyMap<string, number> = new Map();

/** The connection of one MQTT client. There are a hundred thousand of these: no timer, and no buffer while it is idle. */
export class MqttConnection implements LiveConnection, AppendOrigin, Due {
  admission: Admission | undefined;
  stamps: TelemetryStamps | undefined;
  telemetryTopic = '';
  will: WillMessage | undefined;
  cleanSession = true;
  /** QoS by filter. */
  subscriptions: ReadonlyMap<string, number> = NO_SUBSCRIPTIONS;
  wheelSlot: Set<Due> | undefined;
  phase: 'new' | 'connecting' | 'open' | 'closed' = 'new';

  private readonly frames = new FrameReader();
  private held = 0;
  private inFlight = 0;
  private acknowledged: number[] | undefined;
  private spans: PublishSpans | undefined;
  /** Ticks of the wheel. */
  private lastSeen: number;
  private lastRead = NEVER;
  private keepAlive = 0;
  private connectDeadline: number;
  private blockedSince = 0;

  constructor(
    readonly context: MqttContext,
    private readonly stream: Duplex,
    readonly info: ConnectionInfo,
    readonly id: string,
  ) {
    const { wheel, limits, connections } = context;
    this.lastSeen = wheel.tick;
    this.connectDeadline = wheel.tick + Math.ceil(limits.connectTimeoutSeconds) + 1;
    wheel.set(this, this.connectDeadline);
    connections.add(this);
    stream.on('error', ignore);
    stream.on('close', () => this.close('client-closed'));
    stream.on('data', (chunk: Buffer) => this.receive(chunk));
  }

  /** It is somebody's from now on. */
  admit(admission: Admission, modelId: string | undefined): void {
    this.admission = admission;
    this.stamps = new TelemetryStamps(admission, modelId);
    this.telemetryTopic = telemetryTopic(admission.identity);
  }

  /** @param keepAlive seconds, greater than 0 */
  opened(keepAlive: number): void {
    this.phase = 'open';
    // [MQTT-3.1.2-24]: one and a half times; a tick more, as ticks are not exact.
    this.keepAlive = Math.ceil(keepAlive * 1.5) + 1;
    this.lastSeen = this.context.wheel.tick;
    this.context.wheel.set(this, this.nextCheck(this.lastSeen));
  }

  /** Stops reading for a reason of `HOLD`. */
  pause(reason: number): void {
    if (this.held === 0) {
      this.stream.pause();
    }
    this.held |= reason;
  }

  /** Reads on, unless there is another reason not to. */
  resume(reason: number): void {
    if ((this.held & reason) === 0) {
      return;
    }
    this.held &= ~reason;
    if (this.held === 0 && this.phase !== 'closed') {
      // [MQTT-3.1.2-24] is about silence of the client, and while it was not read nobody knows.
      this.lastSeen = this.context.wheel.tick;
      this.process();
      if (this.held === 0) {
        this.stream.resume();
      }
    }
  }

  hold(): void {
    this.pause(HOLD.ownership);
  }

  release(): void {
    this.resume(HOLD.ownership);
  }

  takeActivity(): number | undefined {
    const { lastRead } = this;
    this.lastRead = NEVER;
    const { wheel, clock } = this.context;
    return lastRead === NEVER ? undefined : clock.now() - (wheel.tick - lastRead) * 1_000;
  }

  /** Whether it is unknown whether it still holds its identity. */
  get fenced(): boolean {
    return (this.held & HOLD.ownership) !== 0 || !this.context.sessions.mayRead();
  }

  write(bytes: Buffer): void {
    if (!this.stream.write(bytes) && this.blockedSince === 0) {
      const { wheel } = this.context;
      this.blockedSince = Math.max(wheel.tick, 1);
      this.pause(HOLD.write);
      wheel.set(this, this.nextCheck(wheel.tick));
      this.stream.once('drain', () => {
        this.blockedSince = 0;
        this.resume(HOLD.write);
      });
    }
  }

  /** A publish is on its way; its acknowledgement makes room for another. */
  begin(): void {
    this.context.metrics.inFlight++;
    if (++this.inFlight >= this.context.limits.maxInFlight) {
      this.pause(HOLD.window);
    }
  }

  /** The span of a publish that was begun lasts until it is appended. @returns the token to append it with */
  trace(packetId: number, span: Span, tracing: PublishTracing): number {
    this.spans ??= new PublishSpans(tracing);
    return this.spans.add(packetId, span);
  }

  /** @param token packet id of the publish; 0 or less for QoS 0, which is not acknowledged */
  appended(token: number): void {
    this.spans?.end(token);
    if (this.phase === 'closed') {
      return;
    }
    this.inFlight--;
    this.context.metrics.inFlight--;
    if (token > 0) {
      this.acknowledged ??= [];
      this.acknowledged.push(token);
    }
  }

  appendedAll(): void {
    if (this.phase === 'closed') {
      return;
    }
    if (this.acknowledged !== undefined && this.acknowledged.length > 0) {
      this.context.metrics.acknowledgements += this.acknowledged.length;
      this.write(pubacks(this.acknowledged));
      this.acknowledged.length = 0;
    }
    if (this.inFlight <= this.context.limits.maxInFlight >> 1) {
      this.resume(HOLD.window);
    }
    this.finishDrain();
  }

  appendFailed(error: Error): void {
    this.spans?.fail(error);
    this.context.log.warn({ err: error, deviceId: this.admission?.identity.deviceId }, 'messages could not be stored');
    this.close('append-failed');
  }

  appendable(): void {
    this.resume(HOLD.lane);
  }

  /** Acknowledges what is in flight, reads nothing more, and closes. */
  drain(): void {
    this.pause(HOLD.draining);
    this.finishDrain();
  }

  /** Answers a CONNECT that is not accepted, and closes [MQTT-3.2.2-5]. */
  refuse(code: ConnectReturnCode): void {
    this.end('refused', connack(code, false));
  }

  close(reason: CloseReason): void {
    if (this.leave(reason)) {
      this.stream.destroy();
    }
  }

  check(tick: number): number | undefined {
    const reason = this.overdue(tick);
    if (reason !== undefined) {
      this.close(reason);
      return undefined;
    }
    return this.nextCheck(tick);
  }

  private receive(chunk: Buffer): void {
    if (this.phase !== 'closed') {
      this.lastSeen = this.context.wheel.tick;
      this.lastRead = this.lastSeen;
      this.frames.push(chunk);
      this.process();
    }
  }

  private process(): void {
    const { limits, sessions } = this.context;
    if (this.phase === 'open' && !sessions.mayRead()) {
      return;
    }
    try {
      while (
        this.held === 0 &&
        this.phase !== 'closed' &&
        this.frames.next(frame, this.phase === 'open' ? limits.maxPacketBytes : limits.maxConnectPacketBytes)
      ) {
        dispatch(this, frame);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    const { log } = this.context;
    const fields = { deviceId: this.admission?.identity.deviceId, remoteAddress: this.info.remoteAddress };
    if (error instanceof ProtocolError) {
      log.info({ ...fields, reason: error.reason, detail: error.message }, 'a connection is closed for what it sent');
      this.close(error.reason);
    } else {
      log.error({ ...fields, err: error }, 'a packet could not be handled');
      this.close('internal-error');
    }
  }

  private finishDrain(): void {
    if ((this.held & HOLD.draining) !== 0 && this.inFlight === 0) {
      this.end('drained');
    }
  }

  /** Closes once what was written has gone out. */
  private end(reason: CloseReason, last?: Buffer): void {
    if (this.leave(reason)) {
      this.stream.resume();
      this.stream.end(last);
      lingerUntilSent(this.stream, this.context.wheel);
    }
  }

  /** Takes the connection out of everything that knows it; false if that was done before. */
  private leave(reason: CloseReason): boolean {
    if (this.phase === 'closed') {
      return false;
    }
    const { wheel, connections, sessions, metrics, operations, clock } = this.context;
    const wasOpen = this.phase === 'open';
    const wasFenced = wasOpen && this.fenced;
    this.phase = 'closed';
    wheel.remove(this);
    connections.delete(this);
    metrics.countClose(reason);
    metrics.inFlight -= this.inFlight;
    if (wasOpen && !wasFenced) {
      publishWill(this, reason);
    }
    if (this.admission !== undefined) {
      operations?.disconnected(this.admission, reason, clock.monotonic() - this.admission.admittedAt);
    }
    sessions.close(this);
    return true;
  }

  private overdue(tick: number): CloseReason | undefined {
    if (this.phase !== 'open') {
      return tick >= this.connectDeadline ? 'connect-timeout' : undefined;
    }
    const { clock, limits } = this.context;
    const expiresAt = this.admission?.authenticated.expiresAt;
    if (expiresAt !== undefined && expiresAt <= clock.now()) {
      return 'token-expired';
    }
    if (this.blockedSince !== 0 && tick - this.blockedSince >= limits.writeTimeoutSeconds) {
      return 'write-timeout';
    }
    return this.held === 0 && tick - this.lastSeen >= this.keepAlive ? 'keep-alive-timeout' : undefined;
  }

  private nextCheck(tick: number): number {
    if (this.phase !== 'open') {
      return this.connectDeadline;
    }
    const { clock, limits } = this.context;
    let next = (this.held === 0 ? this.lastSeen : tick) + this.keepAlive;
    const expiresAt = this.admission?.authenticated.expiresAt;
    if (expiresAt !== undefined) {
      next = Math.min(next, tick + Math.ceil((expiresAt - clock.now()) / 1000));
    }
    return this.blockedSince === 0 ? next : Math.min(next, this.blockedSince + Math.ceil(limits.writeTimeoutSeconds));
  }
}

/** What went wrong with a socket makes no difference: it is closed next. */
function ignore(): void {
  // The event `close` follows.
}
