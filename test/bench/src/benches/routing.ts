import { Ingress } from '../load/ingress.js';
import { cpuSeconds } from '../measure/process-usage.js';
import { median } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { onOneEdge } from '../targets/edge.js';

/** What routing costs a message on its way from ingress to the built-in endpoint. */
export async function routing(plan: Plan): Promise<void> {
  const rates = await onOneEdge(async (cluster, stores) => {
    const pid = cluster.routings[0]?.pid ?? 0;
    const ingress = await Ingress.open(cluster, stores);
    try {
      await ingress.fill(plan.messages / 10, plan);
      const runs: number[] = [];
      for (let run = 0; run < plan.runs; run++) {
        const before = cpuSeconds(pid);
        await ingress.fill(plan.messages, plan);
        runs.push(plan.messages / (cpuSeconds(pid) - before));
      }
      return runs;
    } finally {
      await ingress.close();
    }
  });
  printFigures(
    `Routing of ${plan.messages} messages of ${plan.payloadBytes} B to the built-in endpoint; median of ${plan.runs} runs`,
    { 'messages per CPU-second': Math.round(median(rates)).toLocaleString('en-US') },
    'CPU seconds are user and system of the routing process, while another one appends to ingress as fast as it can.',
  );
}
