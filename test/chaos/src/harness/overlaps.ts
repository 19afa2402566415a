import type { ConnectionRecord } from '@mooring/test-fleet';

/**
 * For how long two connections of one identity were live at once, as the device saw it: from the moment at which a newer one
 * was accepted until the older one was closed.
 * @param connections accepted ones, the oldest first
 * @param notBefore what was before counts for nothing
 * @returns milliseconds, the longest
 */
export function longestOverlap(connections: readonly ConnectionRecord[], now: number, notBefore = 0): number {
  let longest = 0;
  for (const [index, older] of connections.entries()) {
    const newer = connections[index + 1];
    if (newer?.acceptedAt !== undefined) {
      const until = Math.min(older.closedAt ?? now, newer.closedAt ?? now);
      longest = Math.max(longest, until - Math.max(newer.acceptedAt, notBefore));
    }
  }
  return longest;
}
