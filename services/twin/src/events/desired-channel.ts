import { Batcher } from '@mooring/batching';
import type { Clock } from '@mooring/clock';
import { keyOfName } from '@mooring/credentials';
import type { DeviceLocator } from '@mooring/delivery';
import type { Channel } from '@mooring/outbox';
import type { edge, identity } from '@mooring/proto';
import type { DesiredChange, TwinEvent } from '../domain/twin-event.js';
import { EdgeLane } from './edge-lane.js';
import { type PushOutcome, type PushRound, roundOf } from './push-round.js';

export interface DesiredChannelOptions {
  readonly locator: DeviceLocator;
  readonly clock: Clock;
  readonly pushed: (outcome: PushOutcome, changes: number) => void;
}

/** Devices of one look-up. */
const MAX_LOCATED = 500;
const MAX_LOOK_UPS = 8;
/** More than the outbox tells at a time. */
const MAX_WAITING = 100_000;
const ATTEMPTS = 4;
const PAUSE_MS = 100;
/** All attempts together; less than a lease, so that an edge that is gone is not found again and again. */
const PATIENCE_MS = 4_000;

/**
 * Hands desired changes to devices that are connected, wherever they are. A device that is not reads its twin when it comes,
 * so that nothing is kept for it; nor does an edge that does not answer hold up anyone else, or later changes for long.
 */
export class DesiredChannel implements Channel<TwinEvent> {
  readonly name = 'desired';
  private readonly lanes = new WeakMap<edge.DeliveryService, EdgeLane>();
  private readonly located: Batcher<identity.IdentityKey, readonly edge.DeliveryService[]>;

  constructor(private readonly options: DesiredChannelOptions) {
    this.located = new Batcher({
      call: (keys) => options.locator.locate(keys),
      maxBatch: MAX_LOCATED,
      concurrency: MAX_LOOK_UPS,
      maxWaiting: MAX_WAITING,
    });
  }

  accepts(event: TwinEvent): event is DesiredChange {
    return event.kind === 'desired';
  }

  /** Never rejects: what cannot be delivered is given up. */
  async deliver(name: string, events: readonly TwinEvent[]): Promise<void> {
    const { clock, pushed } = this.options;
    const key = keyOfName(name);
    let left: readonly edge.DesiredPush[] = events
      .filter((event) => this.accepts(event))
      .map(({ generation, version, body }): edge.DesiredPush => {
        return { key, generationId: generation, version, json: Buffer.from(body) };
      });
    const giveUpAt = clock.monotonic() + PATIENCE_MS;
    for (let attempt = 1; ; attempt++) {
      const round = await this.attempt(key, left, giveUpAt - clock.monotonic());
      for (const [outcome, changes] of round.settled) {
        pushed(outcome, changes);
      }
      left = round.left;
      if (left.length === 0) {
        return;
      }
      if (attempt === ATTEMPTS || clock.monotonic() >= giveUpAt) {
        pushed('given-up', left.length);
        return;
      }
      await this.pause();
    }
  }

  private async attempt(
    key: identity.IdentityKey,
    pushes: readonly edge.DesiredPush[],
    patienceMs: number,
  ): Promise<PushRound> {
    const edges = await this.within(patienceMs, this.located.add(key));
    if (edges === undefined) {
      return { settled: [], left: pushes };
    }
    if (edges.length === 0) {
      return { settled: [['offline', pushes.length]], left: [] };
    }
    const answers = await Promise.all(edges.map((each) => this.within(patienceMs, this.lane(each).push(pushes))));
    return roundOf(pushes, answers);
  }

  private lane(of: edge.DeliveryService): EdgeLane {
    const lane = this.lanes.get(of) ?? new EdgeLane(of);
    this.lanes.set(of, lane);
    return lane;
  }

  /** Undefined for what fails, or takes too long. */
  private async within<T>(patienceMs: number, answer: Promise<T>): Promise<T | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = this.options.clock.after(patienceMs, () => resolve(undefined));
    try {
      return await Promise.race([answer.catch(() => undefined), late]);
    } finally {
      timer.cancel();
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      this.options.clock.after(PAUSE_MS, resolve);
    });
  }
}
