import type { CloseReason } from '../../device-session/live/live-connection.js';
import type { Due } from './deadline-wheel.js';
import type { MqttConnection } from './mqtt-connection.js';

const NEVER = -1;

/** When a connection was last heard, and when it is closed because of the time. All times are ticks of the wheel. */
export class Liveness implements Due {
  wheelSlot: Set<Due> | undefined;
  private lastSeen: number;
  private lastRead = NEVER;
  private keepAlive = 0;
  private blockedSince = 0;
  private readonly connectDeadline: number;

  constructor(private readonly connection: MqttConnection) {
    const { wheel, limits } = connection.context;
    this.lastSeen = wheel.tick;
    this.connectDeadline = wheel.tick + Math.ceil(limits.connectTimeoutSeconds) + 1;
    wheel.set(this, this.connectDeadline);
  }

  /** @param keepAlive seconds, greater than 0 */
  opened(keepAlive: number): void {
    const { wheel } = this.connection.context;
    // [MQTT-3.1.2-24]: one and a half times; a tick more, as ticks are not exact.
    this.keepAlive = Math.ceil(keepAlive * 1.5) + 1;
    this.lastSeen = wheel.tick;
    wheel.set(this, this.next(this.lastSeen));
  }

  closed(): void {
    this.connection.context.wheel.remove(this);
  }

  /** Something was read. */
  heard(): void {
    this.lastSeen = this.connection.context.wheel.tick;
    this.lastRead = this.lastSeen;
  }

  /** [MQTT-3.1.2-24] is about silence of the client, and while it was not read nobody knows. */
  readAgain(): void {
    this.lastSeen = this.connection.context.wheel.tick;
  }

  /** Whether it does not take what it is sent. */
  get isBlocked(): boolean {
    return this.blockedSince !== 0;
  }

  blocked(): void {
    const { wheel } = this.connection.context;
    this.blockedSince = Math.max(wheel.tick, 1);
    wheel.set(this, this.next(wheel.tick));
  }

  unblocked(): void {
    this.blockedSince = 0;
  }

  takeActivity(): number | undefined {
    const { lastRead } = this;
    this.lastRead = NEVER;
    const { wheel, clock } = this.connection.context;
    return lastRead === NEVER ? undefined : clock.now() - (wheel.tick - lastRead) * 1_000;
  }

  check(tick: number): number | undefined {
    const reason = this.overdue(tick);
    if (reason !== undefined) {
      this.connection.close(reason);
      return undefined;
    }
    return this.next(tick);
  }

  private overdue(tick: number): CloseReason | undefined {
    const { phase, admission, context, isRead } = this.connection;
    if (phase !== 'open') {
      return tick >= this.connectDeadline ? 'connect-timeout' : undefined;
    }
    const { clock, limits } = context;
    const expiresAt = admission?.authenticated.expiresAt;
    if (expiresAt !== undefined && expiresAt <= clock.now()) {
      return 'token-expired';
    }
    if (this.blockedSince !== 0 && tick - this.blockedSince >= limits.writeTimeoutSeconds) {
      return 'write-timeout';
    }
    return isRead && tick - this.lastSeen >= this.keepAlive ? 'keep-alive-timeout' : undefined;
  }

  private next(tick: number): number {
    const { phase, admission, context, isRead } = this.connection;
    if (phase !== 'open') {
      return this.connectDeadline;
    }
    const { clock, limits } = context;
    let next = (isRead ? this.lastSeen : tick) + this.keepAlive;
    const expiresAt = admission?.authenticated.expiresAt;
    if (expiresAt !== undefined) {
      next = Math.min(next, tick + Math.ceil((expiresAt - clock.now()) / 1000));
    }
    return this.blockedSince === 0 ? next : Math.min(next, this.blockedSince + Math.ceil(limits.writeTimeoutSeconds));
  }
}
