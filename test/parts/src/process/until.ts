import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  readonly what: string;
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/**
 * Tries until it resolves with something truthy, and resolves with that.
 * @throws Error that names what was waited for; its cause is what the last try threw.
 */
export async function until<T>(attempt: () => Promise<T> | T, options: UntilOptions): Promise<NonNullable<T>> {
  const deadline = performance.now() + options.timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const result = await attempt();
      if (result) {
        return result;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
      if (error instanceof GiveUp) {
        throw error;
      }
    }
    if (performance.now() > deadline) {
      throw new Error(`Not within ${options.timeoutMs} ms: ${options.what}`, { cause });
    }
    await pause(options.everyMs ?? 25);
  }
}

/** Thrown by an attempt that knows that no later one can succeed. */
export class GiveUp extends Error {}
