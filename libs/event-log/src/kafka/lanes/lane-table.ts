import type { Clock, Timer } from '@mooring/clock';
import type { LaneSettings } from '../settings.js';
import { Lane, type LaneContext, type LaneSender } from './lane.js';
import type { PartitionQueue } from './partition-queue.js';

/** Who leads a partition; none while nobody does. */
export interface Leaders {
  leaderOf(topic: string, partition: number): number | undefined;
  /** Rejects if that cannot be found out. */
  refresh(): Promise<void>;
}

export interface LaneTableOptions {
  readonly clock: Clock;
  readonly settings: LaneSettings;
  readonly leaders: Leaders;
  /** @param broker none: for partitions without a leader */
  readonly makeSender: (broker: number | undefined) => LaneSender;
}

const FIRST_REFRESH_MS = 50;
const LONGEST_REFRESH_MS = 1_000;
/** Trouble after so long without any is new trouble, met without delay. */
const CALM_MS = 5_000;
/** How long a view is trusted while nothing goes wrong. */
const REFRESH_PERIOD_MS = 60_000;
/** How often lanes are looked at. */
const TICK_MS = 500;
/** A broker that has not answered for so long may have lost its partitions to others. */
const SLOW_MS = 2_000;

/** Puts each partition into the lane of the broker that leads it. */
export class LaneTable {
  private readonly lanes = new Map<number | undefined, Lane>();
  private readonly queues: PartitionQueue[] = [];
  private readonly context: LaneContext;
  private readonly ticks: Timer;
  private refreshTimer: Timer;
  private lastTrouble = Number.NEGATIVE_INFINITY;
  private refreshMs = FIRST_REFRESH_MS;
  private troubled = false;
  private refreshing = false;
  private closed = false;

  constructor(private readonly options: LaneTableOptions) {
    const { clock, settings } = options;
    this.context = { clock, settings, onTrouble: () => this.onTrouble(), onSettled: () => this.assign() };
    this.refreshTimer = clock.after(REFRESH_PERIOD_MS, this.refresh);
    this.ticks = clock.every(TICK_MS, this.tick);
  }

  add(queue: PartitionQueue): void {
    this.queues.push(queue);
    this.place(queue);
  }

  close(): void {
    this.closed = true;
    this.refreshTimer.cancel();
    this.ticks.cancel();
    for (const lane of this.lanes.values()) {
      lane.close();
    }
  }

  private onTrouble(): void {
    if (this.troubled) {
      return;
    }
    this.troubled = true;
    const now = this.options.clock.monotonic();
    const calm = now - this.lastTrouble > CALM_MS;
    this.refreshMs = calm ? FIRST_REFRESH_MS : Math.min(this.refreshMs * 2, LONGEST_REFRESH_MS);
    this.lastTrouble = now;
    if (!this.refreshing) {
      this.refreshAfter(this.refreshMs);
    }
  }

  private readonly tick = (): void => {
    for (const lane of this.lanes.values()) {
      lane.expire();
      if (lane.outstandingSince + SLOW_MS < this.options.clock.monotonic()) {
        this.onTrouble();
      }
    }
  };

  private refreshAfter(ms: number): void {
    this.refreshTimer.cancel();
    if (!this.closed) {
      this.refreshTimer = this.options.clock.after(ms, this.refresh);
    }
  }

  private readonly refresh = (): void => {
    this.refreshing = true;
    this.troubled = false;
    this.options.leaders.refresh().then(
      () => this.refreshed(true),
      () => this.refreshed(false),
    );
  };

  private refreshed(succeeded: boolean): void {
    this.refreshing = false;
    if (succeeded) {
      this.assign();
      for (const lane of this.lanes.values()) {
        lane.unpark();
      }
    }
    const leaderless = this.queues.some((queue) => queue.lane === this.lanes.get(undefined));
    this.refreshAfter(this.troubled || leaderless || !succeeded ? LONGEST_REFRESH_MS : REFRESH_PERIOD_MS);
  }

  private assign(): void {
    if (this.closed) {
      return;
    }
    for (const queue of this.queues) {
      this.place(queue);
    }
  }

  /** Into its leader's lane, unless something of it is outstanding: then once that is settled. */
  private place(queue: PartitionQueue): void {
    const { topic, partition } = queue.name;
    const lane = this.laneOf(this.options.leaders.leaderOf(topic, partition));
    if (queue.lane === lane) {
      return;
    }
    if (queue.lane?.isSending(queue)) {
      queue.lane.abandon(this.options.clock.monotonic() - SLOW_MS);
      return;
    }
    queue.lane?.release(queue);
    lane.adopt(queue);
  }

  private laneOf(broker: number | undefined): Lane {
    let lane = this.lanes.get(broker);
    if (lane === undefined) {
      lane = new Lane(this.options.makeSender(broker), this.context);
      this.lanes.set(broker, lane);
    }
    return lane;
  }
}
