import { beforeAll, it } from '@jest/globals';

/** A test of a table that shares nothing with the others of the table but its hub. */
export interface Cell {
  readonly name: string;
  run(): Promise<void>;
}

const AT_ONCE = 24;
const LIMIT_MS = 90_000;

/** Declares a test for each cell. They run at once, two dozen at a time: most of what they do is to wait. */
export function cellTests(cells: readonly Cell[]): void {
  const outcomes = new Map(cells.map((cell) => [cell, Promise.withResolvers<void>()] as const));
  for (const { promise } of outcomes.values()) {
    // Heard of when its test asks.
    promise.catch(() => undefined);
  }
  beforeAll(() => {
    const waiting = [...outcomes];
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [cell, outcome] = next;
        await within(cell.run()).then(outcome.resolve, outcome.reject);
      }
    };
    for (let count = 0; count < AT_ONCE; count++) {
      void lane();
    }
  });
  for (const [{ name }, { promise }] of outcomes) {
    it(name, () => promise);
  }
}

/** One that hangs fails by itself, in place of all that come after it. */
async function within(running: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`It hangs: nothing came of it in ${LIMIT_MS} ms.`)), LIMIT_MS);
  try {
    await Promise.race([running, promise]);
  } finally {
    clearTimeout(timer);
  }
}
