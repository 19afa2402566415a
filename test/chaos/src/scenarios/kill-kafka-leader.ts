import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { Scenario, Stage } from '../scenario.js';

const MESSAGES = 500;
const AWAY_MS = 20_000;
const NODES = 3;

export const KILL_KAFKA_LEADER: Scenario = {
  name: 'kill-kafka-leader',
  promise: 'a broker that leads partitions may be lost: what it acknowledged is on another, and all goes on there',
  kafka: { nodes: NODES },
  run: async (stage) => {
    const { stores, fleet, note } = stage;
    await fleet.progress(MESSAGES);
    const { leader, partitions, copies } = await busiestLeader(stage);
    const node = stores.kafka.nodes.find(({ id }) => id === leader);
    if (node === undefined) {
      throw new Error(`no node leads ${partitions} partitions`);
    }
    note(`kill -9 Kafka node ${node.id}, which leads ${partitions} partitions`);
    const start = performance.now();
    await node.kill();
    const backMs = await fleet.allServed();
    await pause(AWAY_MS - (performance.now() - start));
    await node.start();
    note(`Kafka node ${node.id} is back`);
    await fleet.allServed();
    const broken = copies === NODES ? [] : [`messages had ${copies} copies, not ${NODES}`];
    return { injected: `leader of ${partitions} partitions killed ${AWAY_MS / 1000} s, 3 brokers`, backMs, broken };
  },
};

/** The broker that leads most partitions of ingress, and how many copies the partition with the fewest has. */
async function busiestLeader({ cluster, stores }: Stage) {
  const kafka = new Kafka({ brokers: [...stores.kafka.brokers], clientId: 'chaos', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [`${cluster.prefix}.ingress`] });
    const partitions = topics.flatMap((topic) => topic.partitions);
    const led = Map.groupBy(partitions, ({ leader }) => leader);
    const [busiest] = [...led].sort(([, left], [, right]) => right.length - left.length);
    const [leader, own = []] = busiest ?? [];
    return {
      leader,
      partitions: own.length,
      copies: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    };
  } finally {
    await admin.disconnect();
  }
}
