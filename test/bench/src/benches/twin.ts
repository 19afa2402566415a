import { setTimeout as pause } from 'node:timers/promises';
import { type ListeningDevice, ServiceClient } from '@mooring/test-fleet';
import { cpuSeconds } from '../measure/process-usage.js';
import { median } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { type BidirectionalTarget, onBothKinds } from '../targets/bidirectional.js';
import { connectListeners } from './listening-devices.js';

const DEVICES = 1_000;

/** What updates of reported properties cost, and whether all of them are there afterwards. */
export async function twin(plan: Plan): Promise<void> {
  await onBothKinds((target) => measure(target, plan));
}

async function measure(target: BidirectionalTarget, plan: Plan): Promise<void> {
  const listeners = await connectListeners(target, DEVICES);
  const pid = target.pidOf('twin');
  let stopped = false;
  let updates = 0;
  const versions = listeners.devices.map(() => 1);
  const report = async (device: ListeningDevice, index: number): Promise<void> => {
    for (let count = 1; !stopped; count++) {
      versions[index] = await device.report({ count, state: { temperature: count % 40 } });
      updates++;
    }
  };
  const reporting = Promise.all(listeners.devices.map(report));
  await pause(plan.warmUpSeconds * 1000);
  const runs: { perSecond: number; perCpuSecond: number }[] = [];
  for (let run = 0; run < plan.runs; run++) {
    const before = { updates, cpu: cpuSeconds(pid), time: performance.now() };
    await pause(plan.seconds * 1000);
    const done = updates - before.updates;
    const perSecond = done / ((performance.now() - before.time) / 1000);
    runs.push({ perSecond, perCpuSecond: done / (cpuSeconds(pid) - before.cpu) });
  }
  stopped = true;
  await reporting;
  const lost = await lostUpdates(target, versions);
  listeners.close();
  printFigures(
    `Reported updates of ${DEVICES} devices at once, ${target.name}; median of ${plan.runs} runs of ${plan.seconds} s`,
    {
      'updates/s': median(runs.map(({ perSecond }) => perSecond)).toFixed(0),
      'updates per CPU-second': median(runs.map(({ perCpuSecond }) => perCpuSecond)).toFixed(0),
      'acknowledged and lost': String(lost),
    },
    'CPU seconds of the process that holds the twin service, all its threads.',
  );
}

/** Updates that the hub acknowledged and that are not in the twins. */
async function lostUpdates(target: BidirectionalTarget, versions: readonly number[]): Promise<number> {
  const client = new ServiceClient(target.hub);
  let lost = 0;
  for (const [index, version] of versions.entries()) {
    const { properties } = JSON.parse(await client.call('GET', `/twins/bench-${index}`)) as {
      properties: { reported: { $version: number; count?: number } };
    };
    const { $version, count = 0 } = properties.reported;
    lost += Math.max(version - $version, version - 1 - count, 0);
  }
  client.close();
  return lost;
}
