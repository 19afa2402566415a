import type { Clock, Timer } from '@mooring/clock';

/** A peer that asks for more frequent signs of life than this gets them at this pace. */
const MIN_HEARTBEAT_MS = 500;
/** A peer that asks for none, or rarely, is sent one this often; timers hold no more than 2^31 ms. */
const MAX_HEARTBEAT_MS = 10 * 60_000;

export interface IdleWatchOptions {
  readonly clock: Clock;
  /** The peer closes when it hears nothing for so long; undefined: never. */
  readonly peerTimeoutMs: number | undefined;
  /** What was announced to the peer; twice as long without a sign of it is too long. */
  readonly ownTimeoutMs: number;
  /** Monotonic times. */
  readonly lastRead: () => number;
  readonly lastWrite: () => number;
  readonly heartbeat: () => void;
  readonly idle: () => void;
}

/** Keeps a quiet connection alive and notices a dead one [AMQP 2.4.5]. */
export class IdleWatch {
  private readonly timer: Timer;

  constructor(options: IdleWatchOptions) {
    const { clock, peerTimeoutMs, ownTimeoutMs } = options;
    const heartbeatMs = Math.min(Math.max((peerTimeoutMs || MAX_HEARTBEAT_MS) / 2, MIN_HEARTBEAT_MS), MAX_HEARTBEAT_MS);
    const periodMs = Math.min(heartbeatMs / 2, ownTimeoutMs / 2);
    this.timer = clock.every(periodMs, () => {
      const now = clock.monotonic();
      if (now - options.lastRead() >= 2 * ownTimeoutMs) {
        options.idle();
      } else if (now - options.lastWrite() >= heartbeatMs - periodMs) {
        options.heartbeat();
      }
    });
  }

  stop(): void {
    this.timer.cancel();
  }
}
