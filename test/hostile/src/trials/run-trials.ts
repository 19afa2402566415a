import type { Stage } from '../stage.js';
import type { Outcome, Trial } from './trial.js';

/** Longer than the deadlines of the hub that most trials wait for. */
const PATIENCE_MS = 25_000;

/** Runs trials, as many at once as there are attackers unless fewer are asked for, and records what came of each. */
export async function runTrials(
  stage: Stage,
  trials: readonly Trial[],
  atOnce = Number.POSITIVE_INFINITY,
): Promise<void> {
  const waiting = trials.values();
  await Promise.all(
    stage.cast.attackers.slice(0, atOnce).map(async (attacker) => {
      for (const trial of waiting) {
        try {
          stage.findings.judge(trial, await inTime(trial.run({ stage, attacker }), trial.patienceMs));
        } catch (error) {
          stage.findings.hang(trial.what, error);
        }
      }
    }),
  );
}

/** @throws Error if it takes too long */
async function inTime(work: Promise<Outcome>, patienceMs = PATIENCE_MS): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${patienceMs / 1000} s`)), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A sample of trials that takes in the first and last, so that a short run touches every kind. */
export function sample<T>(items: readonly T[], atMost: number): readonly T[] {
  if (items.length <= atMost) {
    return items;
  }
  const step = (items.length - 1) / (atMost - 1);
  return Array.from({ length: atMost }, (_, index) => items[Math.round(index * step)]).filter(
    (item) => item !== undefined,
  );
}
