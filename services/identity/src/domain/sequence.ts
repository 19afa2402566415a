/**
 * The next version of a device and its modules. It follows the clock where that is ahead, so that a device that was deleted and
 * created anew goes on where its predecessor, whose record is gone, had ended.
 *
 * @param now milliseconds since the Unix epoch
 */
export function nextVersion(sequence: number, now: number): number {
  return Math.max(sequence + 1, Math.trunc(now));
}
