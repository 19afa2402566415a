import { EventHubConsumerClient } from '@azure/event-hubs';
import { trustAuthority } from '@mooring/test-fleet';
import type { Cluster } from '@mooring/test-parts';
import { Ingress } from '../load/ingress.js';
import { cpuSeconds } from '../measure/process-usage.js';
import { median } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { onOneEdge } from '../targets/edge.js';

/** What an api process takes for a message that an Event Hubs client reads from the built-in endpoint. */
export async function eventHubs(plan: Plan): Promise<void> {
  const runs = await onOneEdge(async (cluster, stores) => {
    trustAuthority(cluster.ca);
    const ingress = await Ingress.open(cluster, stores);
    await ingress.fill(plan.messages, plan).finally(() => ingress.close());
    const runs: Reading[] = [];
    for (let run = 0; run < plan.runs; run++) {
      runs.push(await readAll(cluster, plan.messages));
    }
    return runs;
  });
  const rate = (pick: (reading: Reading) => number): string =>
    Math.round(median(runs.map(pick))).toLocaleString('en-US');
  printFigures(
    `${plan.messages} messages of ${plan.payloadBytes} B read by an Event Hubs client; median of ${plan.runs} runs`,
    { 'messages per CPU-second': rate((run) => run.perCpuSecond), 'messages per second': rate((run) => run.perSecond) },
    "CPU seconds are user and system of the api process; the client's speed bounds the messages per second.",
  );
}

interface Reading {
  readonly perCpuSecond: number;
  readonly perSecond: number;
}

/** Reads all partitions from their beginning. */
async function readAll({ eventHubsConnectionString, apis }: Cluster, messages: number): Promise<Reading> {
  const pid = apis[0]?.pid ?? 0;
  const client = new EventHubConsumerClient('$Default', eventHubsConnectionString);
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const cpuBefore = cpuSeconds(pid);
  const start = performance.now();
  let read = 0;
  const subscription = client.subscribe(
    {
      processEvents: async (events) => {
        read += events.length;
        if (read >= messages) {
          resolve();
        }
      },
      processError: async (error) => reject(error),
    },
    { startPosition: { offset: '-1' }, maxBatchSize: 1_000, maxWaitTimeInSeconds: 1 },
  );
  try {
    await done;
    const cpu = cpuSeconds(pid) - cpuBefore;
    return { perCpuSecond: read / cpu, perSecond: read / ((performance.now() - start) / 1000) };
  } finally {
    await subscription.close();
    await client.close();
  }
}
