import { Flow } from './flow.js';

type Flows = Map<string, Flow>;

/**
 * The flows that were active in this span of time or in the one before. One that was not is forgotten, unless it has taken
 * more than its share or stands in a queue: nothing is kept for who does not send.
 */
export class FlowTable {
  private recent: Flows = new Map();
  private older: Flows = new Map();
  private spanEndsAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly spanMs: number) {}

  /** How many are active at a time. */
  get active(): number {
    return Math.max(this.recent.size, this.older.size);
  }

  /** The flow of a name; a new one if there is none. @param now by the monotonic clock */
  at(name: string, now: number): Flow {
    if (now >= this.spanEndsAt) {
      this.turn(now);
    }
    const recent = this.recent.get(name);
    if (recent !== undefined) {
      return recent;
    }
    const flow = this.older.get(name) ?? new Flow();
    this.recent.set(name, flow);
    return flow;
  }

  private turn(now: number): void {
    const { recent, older } = this;
    const isNext = now < this.spanEndsAt + this.spanMs;
    this.recent = activeOf(older, now);
    this.older = isNext ? recent : activeOf(recent, now);
    this.spanEndsAt = now + this.spanMs;
  }
}

function activeOf(flows: Flows, now: number): Flows {
  return new Map([...flows].filter(([, flow]) => flow.isActive(now)));
}
