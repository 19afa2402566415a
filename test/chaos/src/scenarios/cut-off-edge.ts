import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';

const MESSAGES = 500;
const CUT_MS = 40_000;
/** Some devices move while the lease of the edge that is cut off still counts, the others after it has lapsed. */
const EARLY_MS = 2_000;
const LATE_MS = 20_000;

export const CUT_OFF_EDGE: Scenario = {
  name: 'cut-off-edge',
  promise: 'an edge without Redis and peers never keeps a connection beside a newer one for longer than a lease',
  cluster: { proxied: true },
  run: async ({ cluster, fleet, random, note }) => {
    await fleet.progress(MESSAGES);
    const edge = random.pick(cluster.edges);
    const proxies = [edge.proxies?.redis, ...cluster.edges.map((one) => one.proxies?.rpc)];
    const held = fleet.holders.filter((device) => device.address === edge.address);
    note(`${edge.name} is cut off from Redis, and the edges from each other`);
    for (const proxy of proxies) {
      proxy?.requests('hold');
      proxy?.answers('hold');
    }
    const start = performance.now();
    const early = held.filter(() => random.next() < 0.5);
    await pause(EARLY_MS);
    for (const device of early) {
      device.reconnectBeside();
    }
    await pause(LATE_MS - EARLY_MS);
    for (const device of held) {
      if (!early.includes(device)) {
        device.reconnectBeside();
      }
    }
    await fleet.progress(MESSAGES);
    await pause(CUT_MS - (performance.now() - start));
    note('healed');
    for (const proxy of proxies) {
      proxy?.requests('forward');
      proxy?.answers('forward');
    }
    const backMs = await fleet.allServed();
    return { injected: `edge cut off ${CUT_MS / 1000} s, ${held.length} devices move`, backMs, broken: [] };
  },
};
