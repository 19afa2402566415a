/** What one process would give of a limit. */
export interface Demand {
  /** Units a second. */
  readonly perSecond: number;
  /** More is wanted than it gives at the moment. */
  readonly isShort: boolean;
  /** Who share the limit there. */
  readonly senders: number;
}

/** A part that each process has whatever the others want, so that nobody who comes new finds nothing; of all together. */
const EQUAL_PART = 0.1;
/** Of what is wanted, so that there is room to want more. */
const HEADROOM = 1.25;

/**
 * The parts of a limit that processes have, 1 together: max-min fair by the number of their senders, so that it makes no
 * difference to a sender which process it is connected to. What nobody wants is shared equally.
 *
 * @param perSecond the limit
 */
export function partsOf(demands: readonly Demand[], perSecond: number): number[] {
  const parts = filled(demands, perSecond * (1 - EQUAL_PART));
  const left = perSecond - parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => (part + left / demands.length) / perSecond);
}

/** Those who want least for each of their senders get all that they want first. */
function filled(demands: readonly Demand[], perSecond: number): number[] {
  const wants = demands.map(({ perSecond: wanted, isShort, senders }, index) => ({
    index,
    weight: Math.max(1, senders),
    wanted: isShort ? Number.POSITIVE_INFINITY : wanted * HEADROOM,
  }));
  wants.sort((a, b) => a.wanted / a.weight - b.wanted / b.weight);
  const parts = demands.map(() => 0);
  let left = perSecond;
  let weights = wants.reduce((sum, { weight }) => sum + weight, 0);
  for (const { index, weight, wanted } of wants) {
    const part = Math.min(wanted, (left * weight) / weights);
    parts[index] = part;
    left -= part;
    weights -= weight;
  }
  return parts;
}
