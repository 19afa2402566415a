import { setTimeout as pause } from 'node:timers/promises';
import { openFiles, residentMiB } from '../harness/process-usage.js';
import type { Scenario, Stage } from '../scenario.js';

const SOAK_MS = 20 * 60_000;
const LIMIT_MS = SOAK_MS + 5 * 60_000;
const SAMPLE_MS = 10_000;
/** How long the devices send as fast as they are answered, to learn how fast that is. */
const FULL_MS = 20_000;
const LOAD = 0.6;
const LEAST_PAUSE_MS = 10;
/** Of the samples, what the beginning and the end are: the first of them belong to warming up. */
const FROM_SHARE = { begin: 0.15, end: 0.85 };
const WINDOW_SHARE = 0.15;
const MOST_GROWTH = { share: 0.15, mib: 32, files: 16 };

interface Sample {
  readonly mib: number;
  readonly files: number;
}

export const SOAK: Scenario = {
  name: 'soak',
  promise: `twenty minutes at ${LOAD * 100} % of the load that the machine bears leave memory and open files where they were`,
  byName: true,
  limitMs: LIMIT_MS,
  run: async (stage) => {
    const { cluster, fleet, note } = stage;
    const perSecond = await settleLoad(stage);
    const samples = new Map(cluster.processes.map((process) => [process.name, [] as Sample[]]));
    const end = performance.now() + SOAK_MS;
    while (performance.now() < end) {
      await pause(SAMPLE_MS);
      for (const { name, pid } of cluster.processes) {
        if (pid !== undefined) {
          samples.get(name)?.push({ mib: residentMiB(pid), files: openFiles(pid) });
        }
      }
    }
    const broken: string[] = [];
    for (const [name, all] of samples) {
      const [before, after] = [windowOf(all, FROM_SHARE.begin), windowOf(all, FROM_SHARE.end)];
      note(`${name}: ${before.mib} to ${after.mib} MiB, ${before.files} to ${after.files} files`);
      if (after.mib > before.mib * (1 + MOST_GROWTH.share) + MOST_GROWTH.mib) {
        broken.push(`${name} grew from ${before.mib} to ${after.mib} MiB`);
      }
      if (after.files > before.files + MOST_GROWTH.files) {
        broken.push(`${name} had ${before.files} open files, and has ${after.files}`);
      }
    }
    const backMs = await fleet.allServed();
    return { injected: `20 min, ${Math.round(perSecond)} messages/s`, backMs, broken };
  },
};

/** Finds the highest rate, and sets the pace to a share of it. @returns messages a second that are aimed at */
async function settleLoad({ fleet, pace, note }: Stage): Promise<number> {
  pace(0);
  const before = fleet.acknowledged;
  await pause(FULL_MS);
  const highest = ((fleet.acknowledged - before) * 1_000) / FULL_MS;
  const wanted = highest * LOAD;
  // Each device has as many pauses at once as messages in flight.
  const slots = fleet.devices.reduce((sum, { inFlight }) => sum + inFlight, 0);
  const pauseMs = Math.max((slots * 1_000) / wanted, LEAST_PAUSE_MS);
  pace(pauseMs);
  note(
    `at most ${Math.round(highest)} messages/s; ${Math.round(wanted)} from now on, a pause of ${Math.round(pauseMs)} ms`,
  );
  return wanted;
}

/** The medians of some samples in a row. */
function windowOf(samples: readonly Sample[], fromShare: number): Sample {
  const from = Math.floor(samples.length * fromShare);
  const some = samples.slice(from, from + Math.max(Math.floor(samples.length * WINDOW_SHARE), 1));
  const median = (values: readonly number[]) => Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0);
  return { mib: median(some.map(({ mib }) => mib)), files: median(some.map(({ files }) => files)) };
}
