import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';

const MESSAGES = 500;
const FROZEN_MS = 60_000;
/** Acknowledgements that were on their way have arrived by then. */
const ON_THEIR_WAY_MS = 1_000;

export const FREEZE_KAFKA: Scenario = {
  name: 'freeze-kafka',
  promise: 'nothing is acknowledged while Kafka does not answer, and all goes on by itself once it does',
  run: async ({ stores, fleet, note }) => {
    await fleet.progress(MESSAGES);
    note('Kafka is frozen');
    for (const node of stores.kafka.nodes) {
      node.freeze();
    }
    await pause(ON_THEIR_WAY_MS);
    const before = fleet.acknowledged;
    await pause(FROZEN_MS - ON_THEIR_WAY_MS);
    const acknowledged = fleet.acknowledged - before;
    for (const node of stores.kafka.nodes) {
      node.thaw();
    }
    note('Kafka is thawed');
    const backMs = await fleet.allServed();
    const broken = acknowledged === 0 ? [] : [`${acknowledged} messages were acknowledged while Kafka was frozen`];
    return { injected: `Kafka frozen ${FROZEN_MS / 1000} s`, backMs, broken };
  },
};
