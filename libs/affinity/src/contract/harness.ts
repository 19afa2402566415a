import type { Affinity } from '../port.js';

/** What an adapter gives to be tested. */
export interface AffinityHarness {
  /** Asked for at each use: it may be another one after the store was emptied. */
  affinity(): Affinity;
  /** The store loses all that it has, as after a crash. */
  empty(): Promise<void>;
  /** Lets this time pass, by the clock that leases go by. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A lease that outlives any test. */
export const LONG_MS = 600_000;
/** A lease that a test lets lapse. */
export const SHORT_MS = 40;

const MOST_STEPS = 500;

/** Lets time pass until a condition holds. */
export async function until(harness: AffinityHarness, holds: (affinity: Affinity) => Promise<boolean>): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step++) {
    if (await holds(harness.affinity())) {
      return;
    }
    await harness.pass(SHORT_MS / 2);
  }
  throw new Error('The condition did not come to hold.');
}

let count = 0;

/** A name that no other test uses. */
export function fresh(kind: string): string {
  count++;
  return `${kind}-${count}`;
}

/** A process whose lease lives. */
export async function liveProcess(
  affinity: Affinity,
  ttlMs = LONG_MS,
): Promise<{ readonly process: string; readonly incarnation: string }> {
  const process = fresh('edge');
  const incarnation = fresh('life');
  if (!(await affinity.renewLease({ process, incarnation }, ttlMs))) {
    throw new Error('A new incarnation was refused its lease.');
  }
  return { process, incarnation };
}

export async function lapse(
  harness: AffinityHarness,
  lapsing: { readonly process: string; readonly incarnation: string },
): Promise<void> {
  await until(harness, async (affinity) => {
    const live = await affinity.liveProcesses();
    return live.every(({ incarnation }) => incarnation !== lapsing.incarnation);
  });
}
