import { type Cluster, type ClusterOptions, type Stores, startCluster, startStores } from '@mooring/test-parts';
import type { Address } from '../load/messages.js';
import { deviceLogins } from './hub.js';
import type { Target, TargetKind } from './kinds.js';

/** Starts a hub of many processes whose edges admit connections as fast as they can. */
export function startBenchCluster(stores: Stores, options: Partial<ClusterOptions>): Promise<Cluster> {
  const environment = { MOORING_CONNECT_RATE: '100000', MOORING_AMQP_MAX_CONNECTIONS: '100000' };
  return startCluster({ stores, apis: 1, routings: 1, environment, ...options });
}

type ClusterBench<T> = (cluster: Cluster, stores: Stores) => Promise<T>;

/** Runs a bench on a hub of many processes, one of each kind, and ends it. */
export function onOneEdge<T>(bench: ClusterBench<T>): Promise<T> {
  return onCluster(1, bench);
}

/** Runs a bench on a hub of many processes with two edges, and ends it. */
export function onTwoEdges<T>(bench: ClusterBench<T>): Promise<T> {
  return onCluster(2, bench);
}

async function onCluster<T>(edges: number, bench: ClusterBench<T>): Promise<T> {
  const stores = await startStores();
  try {
    const cluster = await startBenchCluster(stores, { edges });
    try {
      return await bench(cluster, stores);
    } finally {
      await cluster.close();
    }
  } finally {
    await stores.close();
  }
}

/** Where devices reach one edge. */
export function addressOf(cluster: Cluster, edge: { readonly address: string }): Address {
  return { host: edge.address, port: 8883, ca: cluster.ca, name: cluster.host };
}

/** An edge in a process of its own; only its CPU counts. */
export async function edgeKind(onClose: (close: () => Promise<void>) => void): Promise<TargetKind> {
  const stores = await startStores();
  onClose(() => stores.close());
  return {
    name: 'Mooring, edge process',
    promise: 'in Kafka, acks=all',
    start: async (): Promise<Target> => {
      const cluster = await startBenchCluster(stores, { edges: 1 });
      const [edge] = cluster.edges;
      if (edge?.pid === undefined) {
        throw new Error('the edge does not run');
      }
      return {
        address: addressOf(cluster, edge),
        pid: edge.pid,
        devices: (count) => deviceLogins(cluster, count),
        close: () => cluster.close(),
      };
    },
  };
}
