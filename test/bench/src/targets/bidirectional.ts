import { type HubAccess, startHub, startStores } from '@mooring/test-parts';
import { startBenchCluster } from './edge.js';

/** A hub that is measured in both directions. */
export interface BidirectionalTarget {
  readonly name: string;
  readonly hub: HubAccess;
  /** Edges that devices dial in turn; empty: the hub's own name. */
  readonly edges: readonly { readonly address: string }[];
  /** The process that holds a service. */
  pidOf(service: 'twin' | 'c2dQueue' | 'edge'): number;
}

/** Runs a bench on a hub of many processes, then on one in one process on embedded stores. */
export async function onBothKinds(bench: (target: BidirectionalTarget) => Promise<void>): Promise<void> {
  const stores = await startStores();
  try {
    const cluster = await startBenchCluster(stores, { edges: 2 });
    try {
      await bench({
        name: "as processes, on Kafka, Redis and MongoDB's protocol",
        hub: cluster,
        edges: cluster.edges,
        pidOf: (service) => running(service === 'edge' ? cluster.edges[0]?.pid : cluster[service].pid),
      });
    } finally {
      await cluster.close();
    }
  } finally {
    await stores.close();
  }
  const hub = await startHub({ environment: { MOORING_LOG_LEVEL: 'warn', MOORING_CONNECT_RATE: '100000' } });
  try {
    await bench({ name: 'in one process, on embedded stores', hub, edges: [], pidOf: () => running(hub.pid) });
  } finally {
    await hub.close();
  }
}

function running(pid: number | undefined): number {
  if (pid === undefined) {
    throw new Error('the process does not run');
  }
  return pid;
}
