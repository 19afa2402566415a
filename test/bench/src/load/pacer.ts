const TICK_MS = 5;

/** Does something at a steady rate, whatever becomes of it; a tick that comes late makes up for what it missed. */
export class Pacer {
  private timer: NodeJS.Timeout | undefined;

  start(perSecond: number, act: () => void): void {
    const start = performance.now();
    let done = 0;
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - start) / 1000) * perSecond);
      for (; done < due; done++) {
        act();
      }
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
