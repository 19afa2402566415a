const TICK_MS = 5;

/** Does something at a steady rate; a tick that comes late makes up for what it missed. */
export class Pacer {
  private constructor(private readonly timer: NodeJS.Timeout) {}

  static start(perSecond: number, act: () => void): Pacer {
    const start = performance.now();
    let done = 0;
    return new Pacer(
      setInterval(() => {
        for (const due = ((performance.now() - start) / 1_000) * perSecond; done < due; done++) {
          act();
        }
      }, TICK_MS),
    );
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
