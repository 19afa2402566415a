import type { Fleet, Verdict } from '@mooring/test-fleet';
import type { TwoWayVerdict } from '../load/two-way-load.js';
import { LEASE_MS, type Outcome, type Scenario } from '../scenario.js';
import { longestOverlap } from './overlaps.js';

export interface Evidence {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  readonly twoWay: TwoWayVerdict | undefined;
  readonly fleet: Fleet;
  /** Devices by which something was sent on a connection that they had left, once for each such message. */
  readonly ghosts: readonly string[];
}

/** What did not hold, a sentence each. */
export function failuresOf({ scenario, outcome, verdict, twoWay, fleet, ghosts }: Evidence): readonly string[] {
  const failures = [...outcome.broken];
  if (verdict.lost.length > 0) {
    failures.push(`${verdict.lost.length} acknowledged messages are lost: ${some(verdict.lost)}`);
  }
  if (verdict.outOfOrder.length > 0) {
    failures.push(`${verdict.outOfOrder.length} first occurrences are out of order: ${some(verdict.outOfOrder)}`);
  }
  if (twoWay !== undefined && twoWay.violations.length > 0) {
    failures.push(`${twoWay.violations.length} promises of the way to devices are broken: ${some(twoWay.violations)}`);
  }
  if (ghosts.length > 0) {
    failures.push(`${ghosts.length} messages were appended for devices that had moved: ${some(ghosts)}`);
  }
  const limit = scenario.overlapLimitMs ?? LEASE_MS;
  const now = performance.now();
  const doubled = fleet.holders.filter((device) => longestOverlap(device.connections, now) > limit);
  if (doubled.length > 0) {
    const ids = doubled.map((device) => device.deviceId);
    failures.push(`${ids.length} identities had two live connections for more than ${limit} ms: ${some(ids)}`);
  }
  return failures;
}

function some(items: readonly string[]): string {
  return items.slice(0, 5).join(', ') + (items.length > 5 ? ', …' : '');
}
