import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import fc from 'fast-check';
import type { Held } from '../port.js';
import { EmbeddedAffinity } from './embedded-affinity.js';

const EDGES = ['e1', 'e2', 'e3'] as const;
const IDENTITIES = ['d1', 'd2', 'd2/m'] as const;
const LEASE_MS = 1000;
/** Milliseconds that pass at least before an emptied store is there again. */
const RESTART_MS = 50;

type Action =
  /** `told`: the take-over reaches the edge of the previous connection. */
  | { readonly kind: 'claim'; readonly edge: number; readonly identity: number; readonly told: boolean }
  | { readonly kind: 'release'; readonly edge: number; readonly identity: number }
  | { readonly kind: 'renew'; readonly edge: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'empty' };

const edge = fc.nat({ max: EDGES.length - 1 });
const identity = fc.nat({ max: IDENTITIES.length - 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('claim'), edge, identity, told: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release'), edge, identity }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('renew'), edge }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.nat({ max: LEASE_MS * 2 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('empty') }) },
);

/** An edge as it behaves towards the store: what it believes to hold. */
class Edge {
  readonly connections = new Map<string, Held>();
  incarnation: string;
  #lives = 0;

  constructor(readonly name: string) {
    this.incarnation = this.#nextLife();
  }

  async renew(affinity: EmbeddedAffinity, onReclaimed: (identity: string, epoch: number) => void): Promise<void> {
    if (!(await affinity.renewLease({ process: this.name, incarnation: this.incarnation }, LEASE_MS))) {
      await this.liveAgain(affinity, onReclaimed);
    }
  }

  /** A new incarnation: claims everything again, and drops what somebody newer has. */
  async liveAgain(affinity: EmbeddedAffinity, onReclaimed: (identity: string, epoch: number) => void): Promise<void> {
    this.incarnation = this.#nextLife();
    expect(await affinity.renewLease({ process: this.name, incarnation: this.incarnation }, LEASE_MS)).toBe(true);
    for (const [of, held] of [...this.connections]) {
      const again = { ...held, incarnation: this.incarnation };
      if (await affinity.reclaim(of, again)) {
        this.connections.set(of, again);
        onReclaimed(of, again.epoch);
      } else {
        this.connections.delete(of);
      }
    }
  }

  #nextLife(): string {
    this.#lives++;
    return `${this.name}-life-${this.#lives}`;
  }
}

class Cluster {
  readonly #clock = new ManualClock();
  readonly #edges = EDGES.map((name) => new Edge(name));
  /** The greatest epoch ever granted, by identity. */
  readonly #granted = new Map<string, number>();
  /** The greatest that the store has seen since it was emptied. */
  readonly #seen = new Map<string, number>();
  #affinity = new EmbeddedAffinity(this.#clock);
  #connections = 0;

  async act(step: Action): Promise<void> {
    switch (step.kind) {
      case 'claim':
        return this.#claim(at(this.#edges, step.edge), at(IDENTITIES, step.identity), step.told);
      case 'release':
        return this.#release(at(this.#edges, step.edge), at(IDENTITIES, step.identity));
      case 'renew':
        return at(this.#edges, step.edge).renew(this.#affinity, this.#reclaimed);
      case 'pass':
        return this.#clock.advance(step.ms);
      case 'empty':
        this.#clock.advance(RESTART_MS);
        this.#affinity = new EmbeddedAffinity(this.#clock);
        return this.#seen.clear();
    }
  }

  async check(): Promise<void> {
    const holders = await this.#affinity.holders(IDENTITIES);
    for (const [index, of] of IDENTITIES.entries()) {
      const epochs = this.#believed(of).map(({ epoch }) => epoch);
      expect(new Set(epochs).size).toBe(epochs.length);
      const held = holders[index];
      if (held !== undefined) {
        expect(held.epoch).toBe(this.#seen.get(of));
      }
    }
  }

  /** All edges have noticed what happened: the greatest epoch that is believed in holds. */
  async settle(): Promise<void> {
    for (const each of this.#edges) {
      await each.liveAgain(this.#affinity, this.#reclaimed);
    }
    for (const [index, held] of (await this.#affinity.holders(IDENTITIES)).entries()) {
      const believed = this.#believed(at(IDENTITIES, index));
      const newest = believed.reduce<Held | undefined>(
        (best, each) => (best === undefined || each.epoch > best.epoch ? each : best),
        undefined,
      );
      expect(held).toEqual(newest);
    }
  }

  async #claim(by: Edge, of: string, told: boolean): Promise<void> {
    this.#connections++;
    const holder = { edge: by.name, incarnation: by.incarnation, connection: `c${this.#connections}` };
    const { epoch, previous } = await this.#affinity.claim(of, holder);
    expect(epoch).toBeGreaterThan(this.#granted.get(of) ?? 0);
    this.#granted.set(of, epoch);
    this.#seen.set(of, epoch);
    const displaced = this.#edges.find(({ name }) => name === previous?.edge);
    if (told && displaced?.connections.get(of)?.connection === previous?.connection) {
      displaced?.connections.delete(of);
    }
    by.connections.set(of, { ...holder, epoch });
  }

  async #release(by: Edge, of: string): Promise<void> {
    const held = by.connections.get(of);
    if (held !== undefined) {
      by.connections.delete(of);
      await this.#affinity.release(of, held.epoch);
    }
  }

  readonly #reclaimed = (of: string, epoch: number): void => {
    expect(epoch).toBeGreaterThanOrEqual(this.#seen.get(of) ?? 0);
    this.#seen.set(of, epoch);
  };

  #believed(of: string): Held[] {
    return this.#edges.flatMap(({ connections }) => connections.get(of) ?? []);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) {
    throw new RangeError(`There is no ${index}.`);
  }
  return item;
}

describe('take-over among edges', () => {
  it('never leaves two holders who both may deliver with the highest epoch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60, size: 'max' }), async (actions) => {
        const cluster = new Cluster();
        for (const step of actions) {
          await cluster.act(step);
          await cluster.check();
        }
        await cluster.settle();
      }),
      { numRuns: 300 },
    );
  });
});
