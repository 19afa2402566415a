import type { Clock } from '@mooring/clock';

/** Redis' clock, estimated from the times that its replies carry. */
export class RedisTime {
  /** Redis' time less our monotonic clock, in milliseconds: holds also where our wall clock is set. */
  #offset: number | undefined;

  /** @param onSkew told Redis' time less our wall time, in milliseconds, at each reply */
  constructor(
    private readonly clock: Clock,
    private readonly onSkew: (skewMs: number) => void,
  ) {}

  /**
   * @param micros Redis' time in a reply
   * @param sentAt when the command was sent, by the monotonic clock
   */
  observe(micros: string, sentAt: number): void {
    const receivedAt = this.clock.monotonic();
    this.#offset = Number(micros) / 1000 - (sentAt + receivedAt) / 2;
    this.onSkew(this.#offset + receivedAt - this.clock.now());
  }

  /** Redis' time `ms` from now, in microseconds; empty as long as it is not known. */
  in(ms: number): string {
    return this.#offset === undefined ? '' : Math.round((this.#offset + this.clock.monotonic() + ms) * 1000).toFixed(0);
  }
}
