import type { Clock, Timer } from '@mooring/clock';
import type { EventLog, StoredRecord, Subscription } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import { control } from '@mooring/proto';
import type { Throttles } from '../throttles.js';
import { type Demand, partsOf } from './parts.js';

export interface ThrottleExchangeOptions {
  readonly throttles: Throttles;
  /** Name of this process, unlike all others. */
  readonly process: string;
  readonly eventLog: Pick<EventLog, 'appender' | 'follow'>;
  /** Of broadcasts. */
  readonly topic: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Heard {
  readonly at: number;
  readonly demands: ReadonlyMap<string, Demand>;
}

const PERIOD_MS = 2_000;
/** A process that is not heard for so long has gone. */
const GONE_MS = 3 * PERIOD_MS;
const NOTHING: Demand = { perSecond: 0, isShort: false, senders: 0 };

/**
 * Shares the limits of the hub among its processes: each tells the others what it would give, and all reckon the same parts
 * from that. Nobody is asked for a message; while nothing is heard each goes on with the part that it had.
 */
export class ThrottleExchange {
  private readonly heard = new Map<string, Heard>();
  private readonly totals = new Map<string, number>();
  private toldAt: number;
  private timer: Timer | undefined;
  private subscription: Subscription | undefined;

  constructor(private readonly options: ThrottleExchangeOptions) {
    this.toldAt = options.clock.monotonic();
  }

  async start(): Promise<void> {
    const { eventLog, topic, clock } = this.options;
    this.subscription = await eventLog.follow(topic, (record) => this.receive(record));
    this.timer = clock.every(PERIOD_MS, () => this.tell());
    this.tell();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.subscription?.close();
  }

  private tell(): void {
    const { process, eventLog, topic, clock, logger } = this.options;
    const value = control.ThrottleDemand.fromPartial({ process, limits: this.demands() });
    const event = control.ControlEvent.encode({ timeMs: clock.now(), event: { $case: 'throttleDemand', value } });
    const record = { key: process, headers: {}, value: Buffer.from(event.finish()) };
    eventLog
      .appender(topic)
      .appendAll([record])
      .catch((error: unknown) => {
        logger.debug({ err: error }, 'the other processes could not be told what is wanted of the limits');
      });
  }

  private demands(): control.LimitDemand[] {
    const now = this.options.clock.monotonic();
    const seconds = Math.max(1, now - this.toldAt) / 1_000;
    this.toldAt = now;
    return this.options.throttles.all.map(({ name, bucket }) => {
      const perSecond = (bucket.total - (this.totals.get(name) ?? 0)) / seconds;
      this.totals.set(name, bucket.total);
      return { limit: name, perSecond, isShort: bucket.waiting > 0, senders: bucket.active };
    });
  }

  private receive({ value }: StoredRecord): void {
    const event = decode(value)?.event;
    if (event?.$case !== 'throttleDemand') {
      return;
    }
    const { process, limits } = event.value;
    const now = this.options.clock.monotonic();
    this.heard.set(process, { at: now, demands: new Map(limits.map((demand) => [demand.limit, demand])) });
    if (process === this.options.process) {
      // Once a period: then all that is heard is as old as it is to the others.
      this.share(now);
    }
  }

  private share(now: number): void {
    for (const [process, { at }] of this.heard) {
      if (now - at >= GONE_MS) {
        this.heard.delete(process);
      }
    }
    const { throttles, process: own } = this.options;
    const processes = [...this.heard.keys()];
    for (const { name, bucket, limit } of throttles.all) {
      const demands = processes.map((process) => this.heard.get(process)?.demands.get(name) ?? NOTHING);
      const part = partsOf(demands, (limit.amount / limit.perMs) * 1_000)[processes.indexOf(own)];
      if (part !== undefined) {
        bucket.share(part);
      }
    }
  }
}

/** What is of a later version, or none of the hub's, says nothing. */
function decode(value: Buffer): control.ControlEvent | undefined {
  try {
    return control.ControlEvent.decode(value);
  } catch {
    return undefined;
  }
}
