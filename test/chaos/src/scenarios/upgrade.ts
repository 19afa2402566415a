import type { Cluster, ClusterProcess } from '@mooring/test-parts';
import type { Scenario } from '../scenario.js';
import { formerCheckout } from '../support/former-checkout.js';

const MESSAGES = 1_000;

export const UPGRADE: Scenario = {
  name: 'upgrade',
  promise: 'releases run side by side under load, one reads what the other has stored, and the way back is open',
  byName: true,
  prepare: ({ from }) => formerCheckout(from),
  run: async ({ cluster, fleet, checkout: former, note }) => {
    await fleet.progress(MESSAGES);
    let backMs = 0;
    const [one, other] = halvesOf(cluster);
    for (const [release, checkout] of [
      ['this release', undefined],
      ['the former release', former],
    ] as const) {
      // The second half changes while the first, its successor, serves beside it.
      for (const half of [one, other]) {
        note(`${half.map(({ name }) => name).join(', ')}: ${release}`);
        await Promise.all(half.map((process) => change(process, checkout)));
        backMs = Math.max(backMs, await fleet.allServed());
        await fleet.progress(MESSAGES);
      }
    }
    return { injected: `all processes changed to this release and back, by halves`, backMs, broken: [] };
  },
};

async function change(process: ClusterProcess, checkout: string | undefined): Promise<void> {
  await process.stop();
  process.runFrom(checkout);
  await process.start();
}

/** Each with one edge, api and routing, so that there is always one of them; the other services are shared out. */
function halvesOf(cluster: Cluster): readonly [readonly ClusterProcess[], readonly ClusterProcess[]] {
  const { edges, apis, routings, identity, twin, c2dQueue, monitoring } = cluster;
  const half = (at: number) => [edges, apis, routings].flatMap((processes) => processes.slice(at, at + 1));
  return [
    [...half(0), identity, monitoring],
    [...half(1), twin, c2dQueue],
  ];
}
