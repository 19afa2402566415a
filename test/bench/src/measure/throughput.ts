import type { Load } from '../load/load.js';
import type { AmqpShape } from '../load/messages.js';
import type { Target } from '../targets/kinds.js';
import { connecting } from './connecting.js';
import { cpuSeconds } from './process-usage.js';
import { median } from './statistics.js';

export interface ThroughputPlan {
  readonly devices: number;
  readonly inFlight: number;
  readonly payloadBytes: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly runs: number;
  /** Absent: the devices speak MQTT. */
  readonly amqp?: AmqpShape;
}

/** Medians over the runs. */
export interface Throughput {
  readonly perSecond: number;
  /** Acknowledged messages for each CPU second, user and system, of the target's process. */
  readonly perCpuSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Drives a target with every device sending as soon as it is answered. */
export async function measureThroughput(target: Target, load: Load, plan: ThroughputPlan): Promise<Throughput> {
  const logins = await target.devices(plan.devices);
  const runs: Throughput[] = [];
  for (let run = 0; run < plan.runs; run++) {
    await load.ask({
      kind: 'connect',
      ...connecting(target, plan.amqp),
      logins,
      payloadBytes: plan.payloadBytes,
      concurrency: 16,
    });
    await load.ask({ kind: 'start', inFlight: plan.inFlight });
    await pause(plan.warmUpSeconds);
    await load.ask({ kind: 'reset' });
    const cpuBefore = cpuSeconds(target.pid);
    await pause(plan.seconds);
    const { acknowledged, seconds, p50Ms, p99Ms } = await load.result();
    const cpu = cpuSeconds(target.pid) - cpuBefore;
    await load.ask({ kind: 'stop' });
    await load.ask({ kind: 'disconnect' });
    runs.push({ perSecond: acknowledged / seconds, perCpuSecond: acknowledged / cpu, p50Ms, p99Ms });
  }
  const middle = (pick: (run: Throughput) => number): number => median(runs.map(pick));
  return {
    perSecond: middle((run) => run.perSecond),
    perCpuSecond: middle((run) => run.perCpuSecond),
    p50Ms: middle((run) => run.p50Ms),
    p99Ms: middle((run) => run.p99Ms),
  };
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
