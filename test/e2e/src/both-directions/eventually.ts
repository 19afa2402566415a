import { until } from '@mooring/test-parts';

const TIMEOUT_MS = 30_000;

/** Waits until something holds. */
export async function eventually(
  what: string,
  attempt: () => Promise<boolean> | boolean,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  await until(attempt, { what, timeoutMs });
}
