import type { Clock } from '@mooring/clock';

/** How long an answer of the registry waits for what other services know. */
const PATIENCE_MS = 1_000;

/** @throws Error if the answer does not come in time; else what `answer` throws */
export async function inTime<Answer>(clock: Clock, answer: Promise<Answer>): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = clock.after(PATIENCE_MS, () => reject(new Error('no answer in time')));
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.cancel();
  }
}
