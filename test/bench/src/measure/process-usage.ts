import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc/<pid>/stat; 100 on every Linux platform that Node.js runs on. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/<pid>/stat counted from behind the process' name: utime and stime are the 14th and 15th of all. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** CPU seconds, user and system, that a process and its threads have used so far. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
}

/** Resident memory of a process in KiB. */
export function residentKiB(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (match === null) {
    throw new Error(`no VmRSS of process ${pid}`);
  }
  return Number(match[1]);
}
