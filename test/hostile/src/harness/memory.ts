import { readFileSync, writeFileSync } from 'node:fs';

/** Of `/proc/<pid>/clear_refs`: forget the highest resident memory so far. */
const FORGET_PEAK = '5';

/** Begins to watch for the highest resident memory of processes; Linux keeps it, so that nothing is missed between samples. */
export function forgetPeaks(pids: readonly number[]): void {
  for (const pid of pids) {
    writeFileSync(`/proc/${pid}/clear_refs`, FORGET_PEAK);
  }
}

/** The highest resident memory of any of the processes since then, in MiB. */
export function highestMiB(pids: readonly number[]): number {
  return Math.max(0, ...pids.map(peakMiB));
}

/** Resident memory of all processes together now, in MiB. */
export function residentMiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + field(pid, 'VmRSS'), 0);
}

function peakMiB(pid: number): number {
  return field(pid, 'VmHWM');
}

function field(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) / 1024;
}
