import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';

const MESSAGES = 500;
const DELAY_MS = 500;
const RESETS = 6;
const BETWEEN_MS = 6_000;

export const SLOW_KAFKA: Scenario = {
  name: 'slow-kafka',
  promise:
    'a Kafka whose answers are late, and whose connections are reset again and again, costs time and nothing else',
  kafka: { proxied: true },
  run: async ({ stores, fleet, note }) => {
    await fleet.progress(MESSAGES);
    const proxies = stores.kafka.nodes.flatMap(({ proxy }) => (proxy === undefined ? [] : [proxy]));
    note(`Kafka answers ${DELAY_MS} ms late`);
    for (const proxy of proxies) {
      // Half of it each way.
      proxy.delay(DELAY_MS / 2);
    }
    for (let count = 0; count < RESETS; count++) {
      await pause(BETWEEN_MS);
      note('connections to Kafka are reset');
      for (const proxy of proxies) {
        proxy.reset();
      }
    }
    await fleet.progress(MESSAGES);
    for (const proxy of proxies) {
      proxy.delay(0);
    }
    note('Kafka is quick again');
    const backMs = await fleet.allServed();
    return {
      injected: `Kafka ${DELAY_MS} ms late, ${RESETS} resets in ${(RESETS * BETWEEN_MS) / 1000} s`,
      backMs,
      broken: [],
    };
  },
};
