/** What a log holds, compared with what devices were told. */
export interface Verdict {
  readonly acknowledged: number;
  readonly stored: number;
  /** Acknowledged, but not there: `device/number`. */
  readonly lost: readonly string[];
  /** First occurrences that come before the first occurrence of a smaller number. */
  readonly outOfOrder: readonly string[];
  readonly duplicated: number;
}

export interface DeviceHistory {
  readonly deviceId: string;
  readonly acknowledged: ReadonlySet<number>;
  /** Its numbers begin here, and are fewer than `NUMBERS`: another client of the same identity has others. */
  readonly firstNumber?: number;
}

export const NUMBERS = 1_000_000;

/**
 * Judges a history. Delivery is at least once, so a number may come again at any time; the first occurrences of what was
 * acknowledged must be there and in order.
 * @param stored per device, the numbers in the order in which the log holds them
 */
export function judge(devices: readonly DeviceHistory[], stored: ReadonlyMap<string, readonly number[]>): Verdict {
  const lost: string[] = [];
  const outOfOrder: string[] = [];
  let acknowledged = 0;
  let total = 0;
  let duplicated = 0;
  for (const device of devices) {
    const from = device.firstNumber ?? 0;
    const numbers = (stored.get(device.deviceId) ?? []).filter((number) => number >= from && number < from + NUMBERS);
    const seen = new Set<number>();
    let highest = -1;
    for (const number of numbers) {
      if (seen.has(number)) {
        duplicated++;
        continue;
      }
      seen.add(number);
      if (number < highest && device.acknowledged.has(number)) {
        outOfOrder.push(`${device.deviceId}/${number}`);
      }
      highest = Math.max(highest, number);
    }
    for (const number of device.acknowledged) {
      if (!seen.has(number)) {
        lost.push(`${device.deviceId}/${number}`);
      }
    }
    acknowledged += device.acknowledged.size;
    total += numbers.length;
  }
  return { acknowledged, stored: total, lost, outOfOrder, duplicated };
}
