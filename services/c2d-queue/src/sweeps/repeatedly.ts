import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';

export interface RepeatedTask {
  readonly what: string;
  readonly periodMs: number;
  readonly run: () => Promise<void>;
}

/** Runs tasks over and over, each once at a time; one that fails is logged, and runs again when it is due. */
export class Repeatedly {
  private readonly timers: Timer[] = [];
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(tasks: readonly RepeatedTask[]): void {
    for (const task of tasks) {
      this.timers.push(this.clock.every(task.periodMs, () => this.run(task)));
    }
  }

  /** Resolves when nothing is running any more. */
  async stop(): Promise<void> {
    for (const timer of this.timers.splice(0)) {
      timer.cancel();
    }
    await Promise.all(this.running.values());
  }

  private run({ what, run }: RepeatedTask): void {
    if (this.running.has(what)) {
      return;
    }
    const running = run()
      .catch((error: unknown) => this.logger.warn({ err: error }, `${what} failed; it is tried again`))
      .finally(() => this.running.delete(what));
    this.running.set(what, running);
  }
}
