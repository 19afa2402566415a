/** What a process has started, to be ended in the opposite order. */
export class Lifecycle {
  private readonly steps: (() => Promise<unknown> | unknown)[] = [];
  private stopping: Promise<void> | undefined;

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** Has this done before whatever was registered earlier is ended. */
  onStop(step: () => Promise<unknown> | unknown): void {
    this.steps.push(step);
  }

  /** Does every step, even where one fails. @throws AggregateError of what failed */
  stop(): Promise<void> {
    this.stopping ??= this.run();
    return this.stopping;
  }

  private async run(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.steps.reverse()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      throw new AggregateError(errors, 'not everything could be ended');
    }
  }
}
