import { describe } from '@jest/globals';
import type { PartControl } from '@mooring/test-parts';
import { type Cluster, sharedParts, startCluster, startHub } from '@mooring/test-parts';
import { type RunningHub, STORES } from '../support/stores.js';

/** A hub whose processes are killed. */
export interface Victim {
  readonly hub: RunningHub;
  /** What devices dial: the hub's own, or those of its edges. */
  readonly addresses: readonly string[];
  /** Each is killed once, in this order. */
  readonly processes: readonly PartControl[];
}

export interface VictimOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** How often a hub in one process is killed. */
  readonly kills: number;
  /** Which processes of a cluster are. */
  readonly processes: (cluster: Cluster) => readonly PartControl[];
}

/** Declares the same tests for a hub in one process, on both kinds of stores, and for one of many processes. */
export function onEveryVictim(options: VictimOptions, declare: (start: () => Promise<Victim>) => void): void {
  const { environment = {}, kills, processes } = options;
  for (const stores of STORES) {
    describe(`in one process on ${stores.name} stores`, () =>
      declare(async () => {
        const settings = { ...stores.environment(), MOORING_LOG_LEVEL: 'warn', ...environment };
        const hub = await startHub({ environment: settings });
        return { hub, addresses: [hub.host], processes: Array.from({ length: kills }, () => hub) };
      }));
  }
  describe('of many processes', () =>
    declare(async () => {
      const cluster = await startCluster({ stores: sharedParts(), routings: 1, environment });
      const addresses = cluster.edges.map(({ address }) => address);
      return { hub: cluster, addresses, processes: processes(cluster) };
    }));
}
