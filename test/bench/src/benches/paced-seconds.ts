import { setTimeout as pause } from 'node:timers/promises';
import type { Pacer } from '../load/pacer.js';
import type { Plan } from '../plan.js';

export interface PacedOptions {
  readonly pacer: Pacer;
  readonly perSecond: number;
  readonly plan: Pick<Plan, 'runs' | 'seconds' | 'warmUpSeconds'>;
  /** @returns milliseconds that it took */
  readonly act: () => Promise<number>;
}

/** Does something at a steady rate. @returns the times of each run, those of the warm-up left out */
export async function pacedSeconds({ pacer, perSecond, plan, act }: PacedOptions): Promise<readonly number[][]> {
  const runs: number[][] = [];
  let times: number[] = [];
  const outstanding = new Set<Promise<void>>();
  let failure: unknown;
  pacer.start(perSecond, () => {
    const into = times;
    const acting: Promise<void> = act()
      .then((time) => void into.push(time))
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => outstanding.delete(acting));
    outstanding.add(acting);
  });
  await pause(plan.warmUpSeconds * 1000);
  for (let run = 0; run < plan.runs; run++) {
    times = [];
    runs.push(times);
    await pause(plan.seconds * 1000);
  }
  pacer.stop();
  await Promise.all(outstanding);
  if (failure !== undefined) {
    throw failure;
  }
  return runs;
}
