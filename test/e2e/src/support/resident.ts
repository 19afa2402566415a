import { readFileSync } from 'node:fs';
import type { HubPart } from '@mooring/test-parts';

/** What a hub's process holds in memory. */
export function residentKiB(hub: HubPart): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${hub.pid}/status`, 'utf8'))?.[1]);
}
