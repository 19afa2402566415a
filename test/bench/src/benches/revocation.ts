import { type DeviceCredentials, registerDevices, ServiceClient } from '@mooring/test-fleet';
import type { Cluster } from '@mooring/test-parts';
import { median, quantile } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { onTwoEdges } from '../targets/edge.js';
import { connectTo } from './take-over.js';

/** How long a disabled device stays connected. */
export async function revocation(plan: Plan): Promise<void> {
  const runs = await onTwoEdges(async (cluster) => {
    const all: (readonly number[])[] = [];
    for (let run = 0; run < plan.runs; run++) {
      const ids = Array.from({ length: plan.trials }, (_, index) => `bench-${run}-${index}`);
      all.push(await disableEach(cluster, await registerDevices(cluster, ids)));
    }
    return all;
  });
  printFigures(
    `Revocation; median of ${plan.runs} runs of ${plan.trials} trials`,
    {
      p50: `${median(runs.map((times) => quantile(times, 0.5))).toFixed(1)} ms`,
      p99: `${median(runs.map((times) => quantile(times, 0.99))).toFixed(1)} ms`,
      'worst of all': `${Math.max(...runs.flat()).toFixed(1)} ms`,
    },
    'From the REST request that disables the device to the end of its socket, as the device sees it.',
  );
}

async function disableEach(cluster: Cluster, devices: readonly DeviceCredentials[]): Promise<readonly number[]> {
  const client = new ServiceClient(cluster);
  const times: number[] = [];
  try {
    for (const [index, { deviceId, key }] of devices.entries()) {
      const edge = cluster.edges[index % cluster.edges.length];
      const connection = await connectTo(cluster, edge?.address ?? cluster.host, { deviceId, key });
      const authentication = { type: 'sas', symmetricKey: { primaryKey: key, secondaryKey: key } };
      const start = performance.now();
      await client.call('PUT', `/devices/${deviceId}`, { deviceId, status: 'disabled', authentication });
      await connection.closed;
      times.push((connection.closedAt ?? Number.NaN) - start);
    }
  } finally {
    client.close();
  }
  return times;
}
