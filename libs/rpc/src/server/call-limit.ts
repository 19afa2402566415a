/** Counts what is in progress, up to a limit. */
export class CallLimit {
  private inProgress = 0;

  constructor(private readonly max: number) {}

  /** @returns false at the limit; else `leave` must follow */
  tryEnter(): boolean {
    if (this.inProgress >= this.max) {
      return false;
    }
    this.inProgress += 1;
    return true;
  }

  leave(): void {
    this.inProgress -= 1;
  }
}
