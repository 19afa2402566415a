import { edge } from '@mooring/proto';

const { Delivery } = edge;

/** What has come of desired changes: no device that wanted them, or none that could be reached in time. */
export type PushOutcome = 'delivered' | 'not-subscribed' | 'offline' | 'given-up';

/** What one attempt to push changes of one device has come to. */
export interface PushRound {
  readonly settled: readonly (readonly [outcome: PushOutcome, changes: number])[];
  /** Those that no edge had a connection for. */
  readonly left: readonly edge.DesiredPush[];
}

/**
 * Sums up what edges have answered. A change before one that was delivered is over too: after a newer one it would do harm.
 *
 * @param answers of each edge that was asked; undefined for one that did not answer
 */
export function roundOf(
  pushes: readonly edge.DesiredPush[],
  answers: readonly (readonly edge.Delivery[] | undefined)[],
): PushRound {
  const best = pushes.map((_, index) => {
    const deliveries = answers.map((answer) => answer?.[index]);
    const settled = [Delivery.DELIVERED, Delivery.NOT_SUBSCRIBED].find((delivery) => deliveries.includes(delivery));
    return settled ?? Delivery.NOT_CONNECTED;
  });
  const last = best.findLastIndex((delivery) => delivery !== Delivery.NOT_CONNECTED);
  const over = best.slice(0, last + 1);
  const delivered = over.filter((delivery) => delivery === Delivery.DELIVERED).length;
  const unwanted = over.filter((delivery) => delivery === Delivery.NOT_SUBSCRIBED).length;
  return {
    settled: [
      ['delivered', delivered],
      ['not-subscribed', unwanted],
      ['given-up', over.length - delivered - unwanted],
    ],
    left: pushes.slice(last + 1),
  };
}
