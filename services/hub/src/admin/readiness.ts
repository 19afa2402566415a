import type { Clock } from '@mooring/clock';

/** Something that is not as promised. */
export interface Deficiency {
  /** `unavailable`: what depends on it does not work now. `weak`: it works, with less safety than promised. */
  readonly severity: 'unavailable' | 'weak';
  readonly message: string;
}

/** A part of the hub, or something it depends on, that can say what is wrong with it. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<readonly Deficiency[]>;
}

export interface Readiness {
  readonly ready: boolean;
  readonly deficiencies: readonly (Deficiency & { readonly dependency: string })[];
}

/** A dependency that does not answer within this time counts as unavailable. */
const CHECK_TIMEOUT_MS = 3_000;

/** Asks every part at once. Ready means that everything the hub says it serves works. */
export async function readiness(checks: readonly ReadinessCheck[], clock: Clock): Promise<Readiness> {
  const found = await Promise.all(
    checks.map(async ({ name, check }) => {
      const deficiencies = await answerInTime(check, clock);
      return deficiencies.map((deficiency) => ({ dependency: name, ...deficiency }));
    }),
  );
  const deficiencies = found.flat();
  return { ready: deficiencies.every(({ severity }) => severity !== 'unavailable'), deficiencies };
}

async function answerInTime(check: ReadinessCheck['check'], clock: Clock): Promise<readonly Deficiency[]> {
  return new Promise((resolve) => {
    const unavailable = (message: string): void => resolve([{ severity: 'unavailable', message }]);
    const timer = clock.after(CHECK_TIMEOUT_MS, () => unavailable(`no answer within ${CHECK_TIMEOUT_MS / 1000} s`));
    check()
      .then(resolve, (error: unknown) => unavailable(error instanceof Error ? error.message : String(error)))
      .finally(() => timer.cancel());
  });
}
