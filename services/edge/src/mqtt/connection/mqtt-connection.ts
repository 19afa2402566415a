import type { Duplex } from 'node:stream';
import type { ConnectionInfo } from '@mooring/listener';
import type {
  Admission,
  CloseReason,
  DesiredChange,
  LiveConnection,
  MethodRequest,
} from '../../device-session/live/live-connection.js';
import { TelemetryStamps } from '../../telemetry/telemetry-stamps.js';
import { connack } from '../codec/encode.js';
import { type Frame, FrameReader } from '../codec/frame-reader.js';
import type { ConnectReturnCode } from '../codec/packet-type.js';
import { MqttMessages } from '../messages/mqtt-messages.js';
import { methodPacket } from '../methods/method-operations.js';
import type { MqttContext } from '../mqtt-context.js';
import { dispatch } from '../packets/dispatch.js';
import { ProtocolError } from '../protocol-error.js';
import { WANTS_NOTHING, type Wants, wantsOf } from '../subscriptions/wants.js';
import { telemetryTopic } from '../telemetry-topic.js';
import { desiredPacket } from '../twin/desired-packet.js';
import { publishWill, type WillMessage } from '../will.js';
import type { PublishBacklog } from './hold-publish.js';
import { lingerUntilSent } from './linger.js';
import { Liveness } from './liveness.js';
import { PublishWindow } from './publish-window.js';
import { HOLD } from './read-hold.js';

/** One frame for all: it is used up before the next is read. */
const frame: Frame = { type: 0, flags: 0, bytes: Buffer.alloc(0), start: 0, end: 0 };
/** What may wait to be sent to a connection that services have something for. */
const CONGESTED_BYTES = 256 * 1024;
const NO_SUBSCRIPTIONS: ReadonlyMap<string, number> = new Map();

/** The connection of one MQTT client. There are a hundred thousand of these: no timer, and no buffer while it is idle. */
export class MqttConnection implements LiveConnection {
  admission: Admission | undefined;
  stamps: TelemetryStamps | undefined;
  telemetryTopic = '';
  will: WillMessage | undefined;
  cleanSession = true;
  /** QoS by filter. */
  subscriptions: ReadonlyMap<string, number> = NO_SUBSCRIPTIONS;
  /** What it has asked for by them. */
  wants: Wants = WANTS_NOTHING;
  /** Of cloud-to-device messages; undefined until it wants some. */
  messages: MqttMessages | undefined;
  desiredVersion = 0;
  desiredRead = 0;
  /** What was read when it was beyond the limit, and goes before all else that was. */
  deferred: (() => void) | undefined;
  /** Undefined while it has never sent beyond the limit. */
  backlog: PublishBacklog | undefined;
  phase: 'new' | 'connecting' | 'open' | 'closed' = 'new';

  readonly window = new PublishWindow(this);
  private readonly frames = new FrameReader();
  private held = 0;
  private readonly liveness: Liveness;

  constructor(
    readonly context: MqttContext,
    private readonly stream: Duplex,
    readonly info: ConnectionInfo,
    readonly id: string,
  ) {
    this.liveness = new Liveness(this);
    context.connections.add(this);
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
    this.liveness.opened(keepAlive);
  }

  /** Its subscriptions are others now; nothing is delivered by them until `deliverMessages`, or a service has something. */
  subscribed(subscriptions: ReadonlyMap<string, number>): void {
    this.subscriptions = subscriptions;
    this.wants = this.admission === undefined ? WANTS_NOTHING : wantsOf(subscriptions, this.admission.identity);
  }

  /** Begins with the messages of its queue, or looks again, if it wants any. */
  deliverMessages(): void {
    const { messages } = this.context;
    if (this.phase === 'open' && this.wants.messageQos !== undefined) {
      this.messages ??= new MqttMessages(this, messages);
      this.messages.hint();
    }
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
      this.liveness.readAgain();
      this.process();
      if (this.held === 0) {
        this.stream.resume();
      }
    }
    this.messages?.resume();
  }

  /** Whether there is no reason not to read it. */
  get isRead(): boolean {
    return this.held === 0;
  }

  hold(): void {
    this.pause(HOLD.ownership);
  }

  release(): void {
    this.resume(HOLD.ownership);
  }

  takeActivity(): number | undefined {
    return this.liveness.takeActivity();
  }

  /** Whether it is unknown whether it still holds its identity. */
  get fenced(): boolean {
    return (this.held & HOLD.ownership) !== 0 || !this.context.sessions.mayRead();
  }

  get congested(): boolean {
    return this.stream.writableLength > CONGESTED_BYTES;
  }

  get wantsDesired(): boolean {
    return this.wants.desired && this.isServed;
  }

  get wantsMethods(): boolean {
    return this.wants.methods && this.isServed;
  }

  /** Whether messages may be written to it: it is its identity's, and reads what it is sent. */
  get mayDeliver(): boolean {
    return this.isServed && !this.liveness.isBlocked && !this.fenced;
  }

  pushDesired(change: DesiredChange): void {
    this.write(desiredPacket(change));
  }

  requestMethod(request: MethodRequest): void {
    this.write(methodPacket(request));
  }

  hintMessages(): void {
    this.messages?.hint();
  }

  write(bytes: Buffer): void {
    if (!this.stream.write(bytes) && !this.liveness.isBlocked) {
      this.pause(HOLD.write);
      this.liveness.blocked();
      this.stream.once('drain', () => {
        this.liveness.unblocked();
        this.resume(HOLD.write);
      });
    }
  }

  /** Acknowledges what is in flight, reads nothing more, and closes. */
  drain(): void {
    this.pause(HOLD.draining);
    this.finishDrain();
  }

  /** Closes a connection that is draining once nothing of it is on its way. */
  finishDrain(): void {
    if ((this.held & HOLD.draining) !== 0 && this.window.isEmpty) {
      this.end('drained');
    }
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

  /** Closes for something that went wrong while a packet was handled. */
  fail(error: unknown): void {
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

  /** Whether it has been told that it is admitted, and has not been told to go. */
  private get isServed(): boolean {
    return this.phase === 'open' && (this.held & HOLD.draining) === 0;
  }

  private receive(chunk: Buffer): void {
    if (this.phase !== 'closed') {
      this.liveness.heard();
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
      this.proceed();
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

  /** With what waited until it was within the limit. */
  private proceed(): void {
    const { deferred } = this;
    if (deferred !== undefined && this.held === 0 && this.phase === 'open') {
      this.deferred = undefined;
      deferred();
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
    const { connections, sessions, metrics, operations, clock, faults } = this.context;
    const wasOpen = this.phase === 'open';
    const wasFenced = wasOpen && this.fenced;
    this.phase = 'closed';
    this.liveness.closed();
    this.messages?.close();
    faults?.closed(this);
    connections.delete(this);
    metrics.countClose('mqtt', reason);
    this.window.closed();
    if (wasOpen && !wasFenced) {
      publishWill(this, reason);
    }
    if (this.admission !== undefined) {
      operations?.disconnected(this.admission, reason, clock.monotonic() - this.admission.admittedAt);
    }
    sessions.close(this);
    return true;
  }
}

/** What went wrong with a socket makes no difference: it is closed next. */
function ignore(): void {
  // The event `close` follows.
}
