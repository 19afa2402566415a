import { startCluster, startHub, startStores } from '@mooring/test-parts';
import type { Target } from '../stage.js';

/**
 * Deadlines that slow clients run into, shorter than by default so that a run need not wait for half a minute, and everything
 * logged that can be, since no secret may be in it.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  MOORING_LOG_LEVEL: 'trace',
  MOORING_HANDSHAKE_TIMEOUT_SECONDS: '5',
  MOORING_MQTT_CONNECT_TIMEOUT_SECONDS: '2',
  MOORING_MQTT_WRITE_TIMEOUT_SECONDS: '5',
};

/** A hub in one process. @param environment names its stores; embedded ones where it names none */
export async function startOneProcess(environment: Readonly<Record<string, string>> = {}): Promise<Target> {
  const hub = await startHub({ environment: { ...SETTINGS, ...environment } });
  const { host, ca, caFile, connectionString, eventHubsConnectionString } = hub;
  return {
    ...{ host, ca, caFile, connectionString, eventHubsConnectionString },
    pids: () => (hub.pid === undefined ? [] : [hub.pid]),
    output: () => hub.output(),
    metrics: async () => (await fetch(`${hub.adminUrl}/metrics`)).text(),
    close: () => hub.close(),
  };
}

/** A hub of many processes on Kafka, Redis and MongoDB's protocol. */
export async function startProcesses(): Promise<Target> {
  const stores = await startStores();
  try {
    const cluster = await startCluster({ stores, environment: SETTINGS });
    const { host, ca, caFile, connectionString, eventHubsConnectionString, processes } = cluster;
    return {
      ...{ host, ca, caFile, connectionString, eventHubsConnectionString },
      pids: () => processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
      output: () => processes.map((one) => one.output()).join('\n'),
      metrics: async () => (await Promise.all(processes.map((one) => one.metrics()))).join('\n'),
      close: async () => {
        await cluster.close();
        await stores.close();
      },
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
