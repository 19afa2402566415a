import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import fc from 'fast-check';
import { FakeIdentity } from '../../fake-identity.spec-support.js';
import { turn } from '../../test-edge.spec-support.js';
import { LEASE_MS } from '../ownership/lease.js';
import { ModelEdge } from './model-edge.spec-support.js';
import { type Links, Network } from './network.spec-support.js';

const EDGES = ['e1', 'e2', 'e3'] as const;
const NAMES = ['d1', 'd2', 'd1/m1'] as const;
const STEP_MS = 250;
/** Longer than a lease, and shorter than the time for which claims are broadcast after the store was emptied. */
const MAX_CUT_MS = 45_000;
/** So long a link holds at least once it is there again. */
const WHOLE_MS = 20_000;
const MAX_FROZEN_MS = 40_000;
/** The same each time; for a search, more runs and another seed. */
const SEED = 20_261_124;
const RUNS = 80;

type Action =
  | { readonly kind: 'connect' | 'disconnect'; readonly edge: number; readonly name: number }
  | { readonly kind: 'cut'; readonly edge: number; readonly link: 'store' | 'log' | 'peers'; readonly ms: number }
  | { readonly kind: 'loseClaim'; readonly edge: number }
  | { readonly kind: 'freeze'; readonly edge: number; readonly ms: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'empty' };

const edge = fc.nat({ max: EDGES.length - 1 });
const name = fc.nat({ max: NAMES.length - 1 });
const link = fc.constantFrom('store', 'log', 'peers');
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('connect'), edge, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('disconnect'), edge, name }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.nat({ max: 6_000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cut'), edge, link, ms: fc.nat({ max: MAX_CUT_MS }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('freeze'), edge, ms: fc.nat({ max: MAX_FROZEN_MS }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('loseClaim'), edge }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'empty' }) },
);

class Cluster {
  private readonly clock = new ManualClock();
  private readonly edges: readonly ModelEdge[];
  /** When a link that was cut may be cut again. */
  private readonly wholeUntil = new Map<string, number>();
  /** Since when more than one connection may deliver, by identity. */
  private readonly twofold = new Map<string, number>();

  private constructor(
    private readonly network: Network,
    clock: ManualClock,
  ) {
    this.clock = clock;
    const identity = new FakeIdentity();
    NAMES.forEach((each) => {
      identity.put(each);
    });
    this.edges = EDGES.map((each) => new ModelEdge(each, clock, { network, identity }));
    clock.every(1_000, () => network.beat());
  }

  static async start(seed: number): Promise<Cluster> {
    const clock = new ManualClock();
    const cluster = new Cluster(await Network.open(clock, randomFrom(seed)), clock);
    await Promise.all(cluster.edges.map(({ sessions }) => sessions.start()));
    await cluster.pass(1_500);
    return cluster;
  }

  async act(step: Action): Promise<void> {
    switch (step.kind) {
      case 'connect':
        this.edge(step.edge).connect(at(NAMES, step.name));
        return this.pass(0);
      case 'disconnect':
        this.edge(step.edge).disconnect(at(NAMES, step.name));
        return this.pass(0);
      case 'cut':
        return this.cut(this.edge(step.edge).links, step.link, step.ms);
      case 'loseClaim':
        this.edge(step.edge).links.losesClaim = true;
        return;
      case 'freeze':
        return this.freeze(this.edge(step.edge), step.ms);
      case 'pass':
        return this.pass(step.ms);
      case 'empty':
        return this.network.empty();
    }
  }

  /** All is well for long enough: no identity has two connections, and who connects now is the one that the store knows. */
  async settle(): Promise<void> {
    await this.pass(MAX_FROZEN_MS + LEASE_MS);
    for (const each of NAMES) {
      expect(this.connectionsOf(each).length).toBeLessThanOrEqual(1);
      this.edge(0).links.losesClaim = false;
      this.edge(0).connect(each);
    }
    await this.pass(10_000);
    const holders = await this.network.holders(NAMES);
    NAMES.forEach((each, index) => {
      const epoch = this.edge(0).epochOf(each);
      expect(this.connectionsOf(each)).toEqual([epoch]);
      expect(this.edges.flatMap((one) => one.delivering(each))).toEqual([epoch]);
      expect(holders[index]?.epoch).toBe(epoch);
    });
  }

  private connectionsOf(each: string): readonly number[] {
    return this.edges.map((one) => one.epochOf(each)).filter((epoch) => epoch > 0);
  }

  private cut(links: Links, which: 'store' | 'log' | 'peers', ms: number): void {
    const key = `${this.edges.findIndex((one) => one.links === links)} ${which}`;
    if ((this.wholeUntil.get(key) ?? 0) <= this.clock.monotonic()) {
      links[which] = false;
      this.wholeUntil.set(key, this.clock.monotonic() + ms + WHOLE_MS);
      this.clock.after(ms, () => {
        links[which] = true;
      });
    }
  }

  private freeze(frozen: ModelEdge, ms: number): void {
    if (!frozen.clock.frozen) {
      frozen.clock.frozen = true;
      this.clock.after(ms, () => {
        frozen.clock.frozen = false;
        // What lies in its sockets comes before anything else: whoever's lease may have lapsed takes none of it.
        const delivering = NAMES.flatMap((each) => frozen.delivering(each));
        expect(ms < LEASE_MS ? [] : delivering).toEqual([]);
        frozen.clock.thaw();
      });
    }
  }

  private async pass(ms: number): Promise<void> {
    await turn();
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.clock.advance(Math.min(left, STEP_MS));
      await turn();
      this.check();
    }
  }

  private check(): void {
    for (const each of NAMES) {
      const count = this.edges.reduce((sum, one) => sum + one.delivering(each).length, 0);
      if (count <= 1) {
        this.twofold.delete(each);
        continue;
      }
      const since = this.twofold.get(each) ?? this.clock.monotonic();
      this.twofold.set(each, since);
      expect(this.clock.monotonic() - since).toBeLessThanOrEqual(LEASE_MS);
    }
  }

  private edge(index: number): ModelEdge {
    return at(this.edges, index);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) {
    throw new RangeError(`There is no ${index}.`);
  }
  return item;
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('ownership among edges', () => {
  it('never lets two connections of an identity deliver for longer than a lease, and ends with one', async () => {
    const actions = fc.array(action, { maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(fc.integer(), actions, async (seed, steps) => {
        const cluster = await Cluster.start(seed);
        for (const step of steps) {
          await cluster.act(step);
        }
        await cluster.settle();
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }, 120_000);
});
