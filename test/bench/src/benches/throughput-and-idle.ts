import { Load } from '../load/load.js';
import { type Idle, measureIdle } from '../measure/idle.js';
import { median } from '../measure/statistics.js';
import { measureThroughput, type Throughput } from '../measure/throughput.js';
import type { Plan } from '../plan.js';
import { printIdle, printThroughput, throughputTitle } from '../report.js';
import { selectTargets, type TargetKind } from '../targets/kinds.js';

/** What an acknowledged message and a silent connection cost, on each target. */
export async function throughputAndIdle(plan: Plan): Promise<void> {
  const { kinds, close } = await selectTargets(plan.targets);
  try {
    for (const inFlight of plan.inFlight) {
      const rows = await eachTarget(kinds, (kind) => throughputOf(kind, plan, inFlight));
      printThroughput(throughputTitle('TLS 1.3 devices, QoS 1', { ...plan, inFlight }), rows);
    }
    if (plan.idleDevices > 0) {
      printIdle(
        `${plan.idleDevices} TLS 1.3 devices that connect and then say nothing`,
        await eachTarget(kinds, (kind) => idleOf(kind, plan)),
      );
    }
  } finally {
    await close();
  }
}

async function eachTarget<T>(
  kinds: readonly TargetKind[],
  measure: (kind: TargetKind) => Promise<T>,
): Promise<{ kind: TargetKind; figures: T }[]> {
  const rows: { kind: TargetKind; figures: T }[] = [];
  for (const kind of kinds) {
    rows.push({ kind, figures: await measure(kind) });
  }
  return rows;
}

async function throughputOf(kind: TargetKind, plan: Plan, inFlight: number): Promise<Throughput> {
  const target = await kind.start();
  const load = new Load();
  try {
    return await measureThroughput(target, load, { ...plan, inFlight });
  } finally {
    await load.close();
    await target.close();
  }
}

/** Memory is only comparable in a fresh process, so each run starts its own. */
async function idleOf(kind: TargetKind, plan: Plan): Promise<Idle> {
  const runs: Idle[] = [];
  for (let run = 0; run < plan.runs; run++) {
    const target = await kind.start();
    const load = new Load();
    try {
      runs.push(await measureIdle(target, load, { devices: plan.idleDevices }));
    } finally {
      await load.close();
      await target.close();
    }
  }
  return {
    residentKiBPerDevice: median(runs.map((run) => run.residentKiBPerDevice)),
    connectsPerCpuSecond: median(runs.map((run) => run.connectsPerCpuSecond)),
  };
}
