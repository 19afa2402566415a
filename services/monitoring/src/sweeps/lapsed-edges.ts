import type { Affinity, Held } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import { lifeName } from '../connections/connection-record.js';
import { applyLapse, type EdgeLife } from '../connections/connection-state.js';
import type { ConnectionStore, NamedState, StateChange } from '../connections/connection-store.js';
import type { EdgeDirectory } from './edge-directory.js';

/**
 * How long a lease must have lapsed. An edge that lives tries to renew it every few seconds, then claims all again under a
 * new incarnation and reports that: so long it may take.
 */
export const GRACE_MS = 10_000;
/** How long a life whose lease has lapsed is looked after: late reports of it may still come. */
const KEPT_MS = 3_600_000;
const PAGE = 500;

export interface LapsedEdgesOptions {
  readonly connections: ConnectionStore;
  readonly edges: EdgeDirectory;
  readonly affinity: Affinity;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told how many connections were ended. */
  readonly swept: (connections: number) => void;
}

/**
 * Ends what edges that died have left. Every process may do so at the same time: each state changes under its version, and
 * only while its epoch is the one that was looked at.
 */
export class LapsedEdges {
  /** Since when, by the monotonic clock, each life's lease has been seen to be over. */
  private readonly lapsedSince = new Map<string, number>();

  constructor(private readonly options: LapsedEdgesOptions) {}

  async sweep(): Promise<void> {
    const { clock, edges } = this.options;
    const live = await this.liveNames();
    const known = await edges.all();
    const names = new Set(known.map(lifeName));
    for (const name of this.lapsedSince.keys()) {
      if (live.has(name) || !names.has(name)) {
        this.lapsedSince.delete(name);
      }
    }
    for (const life of known.filter((each) => !live.has(lifeName(each)))) {
      const since = this.lapsedSince.get(lifeName(life)) ?? clock.monotonic();
      this.lapsedSince.set(lifeName(life), since);
      const lapsedMs = clock.monotonic() - since;
      if (lapsedMs >= GRACE_MS) {
        await this.endAll(life);
      }
      if (lapsedMs >= KEPT_MS) {
        await edges.remove(life);
      }
    }
  }

  private async liveNames(): Promise<Set<string>> {
    try {
      const live = await this.options.affinity.liveProcesses();
      return new Set(live.map(({ process, incarnation }) => lifeName({ edge: process, incarnation })));
    } catch (error) {
      // While nothing is known no lease is over; once it can be asked again, edges have their time anew.
      this.lapsedSince.clear();
      throw error;
    }
  }

  private async endAll(life: EdgeLife): Promise<void> {
    const { connections, logger, swept } = this.options;
    let ended = 0;
    let page: readonly NamedState[];
    let after = '';
    do {
      page = await connections.heldBy(life, after, PAGE);
      after = page.at(-1)?.name ?? after;
      ended += await this.endPage(life, page);
    } while (page.length === PAGE);
    if (ended > 0) {
      swept(ended);
      logger.warn({ ...life, connections: ended }, "an edge's lease has lapsed; its connections count as ended");
    }
  }

  private async endPage(life: EdgeLife, page: readonly NamedState[]): Promise<number> {
    const { affinity, connections, edges, clock } = this.options;
    const holders = page.length === 0 ? [] : await affinity.holders(page.map(({ name }) => name));
    const changes = new Map<string, StateChange>();
    const elsewhere = new Map<string, Held>();
    page.forEach(({ name, epoch }, index) => {
      const held = holders[index];
      if (held !== undefined) {
        elsewhere.set(lifeName(held), held);
      }
      changes.set(name, (current) => applyLapse(current, life, { epoch, held, now: clock.now() }));
    });
    for (const held of elsewhere.values()) {
      await edges.enter(held);
    }
    // The entries in the affinity store stay: the next claim is told of them, and tells an edge that lives but is cut off.
    const written = await connections.changeMany(changes);
    return [...written.values()].filter(({ phase }) => phase === 'lapsed').length;
  }
}
