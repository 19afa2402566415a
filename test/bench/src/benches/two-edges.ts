import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterEdge } from '@mooring/test-parts';
import { Load } from '../load/load.js';
import { cpuSeconds } from '../measure/process-usage.js';
import { median } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { addressOf, onTwoEdges } from '../targets/edge.js';
import { deviceLogins } from '../targets/hub.js';

/** Whether two edges cost twice what one costs, at the same offered load for each. */
export async function twoEdges(plan: Plan): Promise<void> {
  const { one, two } = await onTwoEdges(async (cluster) => {
    const logins = await deviceLogins(cluster, plan.devices * cluster.edges.length);
    const loads = cluster.edges.map(() => new Load());
    try {
      for (const [index, edge] of cluster.edges.entries()) {
        await loads[index]?.ask({
          kind: 'connect',
          address: addressOf(cluster, edge),
          logins: logins.slice(index * plan.devices, (index + 1) * plan.devices),
          payloadBytes: plan.payloadBytes,
          concurrency: 16,
        });
      }
      const one: Usage[] = [];
      const two: Usage[] = [];
      // In turn, so that what changes on the machine meanwhile tells on both.
      for (let run = 0; run < plan.runs; run++) {
        one.push(await usageOf(loads.slice(0, 1), cluster.edges.slice(0, 1), plan));
        two.push(await usageOf(loads, cluster.edges, plan));
      }
      return { one: medianOf(one), two: medianOf(two) };
    } finally {
      await Promise.all(loads.map((load) => load.close()));
    }
  });
  printFigures(
    `${plan.load} messages/s for each edge, ${plan.devices} devices each, ${plan.payloadBytes} B; median of ${plan.runs} runs of ${plan.seconds} s`,
    {
      'one edge': `${one.cpu.toFixed(3)} CPU-s/s, ${Math.round(one.perSecond)} acknowledged/s`,
      'two edges': `${two.cpu.toFixed(3)} CPU-s/s, ${Math.round(two.perSecond)} acknowledged/s`,
      'two beside twice one': (two.cpu / (2 * one.cpu)).toFixed(3),
    },
    "CPU seconds are user and system of the edges' processes.",
  );
}

interface Usage {
  /** CPU seconds a second, of all edges that are loaded. */
  readonly cpu: number;
  readonly perSecond: number;
}

async function usageOf(loads: readonly Load[], edges: readonly ClusterEdge[], plan: Plan): Promise<Usage> {
  const cpu = (): number => edges.reduce((sum, { pid }) => sum + cpuSeconds(pid ?? 0), 0);
  await Promise.all(loads.map((load) => load.ask({ kind: 'pace', perSecond: plan.load })));
  await pause(plan.warmUpSeconds * 1000);
  await Promise.all(loads.map((load) => load.ask({ kind: 'reset' })));
  const before = cpu();
  const start = performance.now();
  await pause(plan.seconds * 1000);
  const results = await Promise.all(loads.map((load) => load.result()));
  const used = cpu() - before;
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(loads.map((load) => load.ask({ kind: 'stop' })));
  return { cpu: used / seconds, perSecond: results.reduce((sum, { acknowledged }) => sum + acknowledged, 0) / seconds };
}

function medianOf(usages: readonly Usage[]): Usage {
  return { cpu: median(usages.map(({ cpu }) => cpu)), perSecond: median(usages.map(({ perSecond }) => perSecond)) };
}
