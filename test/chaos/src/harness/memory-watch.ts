import { residentMiB } from './process-usage.js';

const SAMPLE_MS = 500;

/** Samples the resident memory of processes, and keeps the highest. */
export class MemoryWatch {
  highestMiB = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly processes: readonly { readonly pid: number | undefined }[]) {
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    for (const { pid } of this.processes) {
      if (pid !== undefined) {
        this.highestMiB = Math.max(this.highestMiB, residentMiB(pid));
      }
    }
  }
}
