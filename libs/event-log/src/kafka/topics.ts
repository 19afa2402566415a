import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type { LogDeficiency, TopicSpec } from '../port.js';
import type { ClusterView, PartitionView } from './connection/cluster-view.js';

const SAFE_REPLICATION = 3;
const SAFE_IN_SYNC = 2;
const APPEARANCE_TRIES = 30;
const APPEARANCE_PAUSE_MS = 100;
/** DescribeConfigs: a value that was set on the topic itself. */
const SET_ON_TOPIC = 1;

type Config = ReadonlyMap<string, { readonly value: string; readonly ofTopic: boolean }>;

/** Creates the hub's topics and tells in what they are weaker than promised. */
export class Topics {
  private readonly known = new Set<string>();

  constructor(
    private readonly kafka: Kafka,
    private readonly view: ClusterView,
    private readonly replication: number,
  ) {}

  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    await this.withAdmin(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = specs.filter((spec) => !existing.has(spec.name));
      if (missing.length > 0) {
        const { brokers } = await admin.describeCluster();
        const replicas = Math.min(this.replication, brokers.length);
        await admin.createTopics({ topics: missing.map((spec) => topicConfig(spec, replicas)), waitForLeaders: true });
      }
      for (const spec of specs) {
        if (existing.has(spec.name)) {
          await correctRetention(admin, spec);
        }
      }
    });
    for (const spec of specs) {
      this.known.add(spec.name);
      await this.appears(spec.name);
    }
  }

  /** A topic that one broker has created is known to the others a little later. */
  private async appears(name: string): Promise<void> {
    for (let tries = 1; tries < APPEARANCE_TRIES; tries++) {
      try {
        await this.view.topic(name);
        return;
      } catch {
        await pause(APPEARANCE_PAUSE_MS);
      }
    }
    await this.view.topic(name);
  }

  async deficiencies(): Promise<LogDeficiency[]> {
    try {
      await this.view.refresh();
      const found = [...this.known].flatMap((name) => this.partitionDeficiencies(name));
      await this.withAdmin(async (admin) => {
        for (const name of this.known) {
          found.push(...configDeficiencies(name, await readConfig(admin, name)));
        }
      });
      return found;
    } catch (error) {
      return [{ severity: 'unavailable', message: `Kafka cannot be asked: ${(error as Error).message}` }];
    }
  }

  private partitionDeficiencies(name: string): LogDeficiency[] {
    const partitions = this.view.partitions(name) ?? [];
    const found: LogDeficiency[] = [];
    const tell = (severity: LogDeficiency['severity'], what: string, affected: readonly PartitionView[]): void => {
      if (affected.length > 0) {
        found.push({
          severity,
          message: `Topic ${name}: ${affected.length} of ${partitions.length} partitions ${what}.`,
        });
      }
    };
    tell(
      'unavailable',
      'have no leader',
      partitions.filter((one) => one.leader === undefined),
    );
    tell('weak', `have fewer than ${SAFE_REPLICATION} replicas`, partitions.filter(hasFewReplicas));
    tell(
      'weak',
      'have replicas that are out of sync',
      partitions.filter((one) => one.inSync.length < one.replicas.length),
    );
    return found;
  }

  private async withAdmin(action: (admin: Admin) => Promise<void>): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      await action(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

function hasFewReplicas(partition: PartitionView): boolean {
  return partition.replicas.length < SAFE_REPLICATION;
}

function topicConfig(spec: TopicSpec, replicas: number) {
  const inSync = replicas >= SAFE_REPLICATION ? SAFE_IN_SYNC : 1;
  return {
    topic: spec.name,
    numPartitions: spec.partitions,
    replicationFactor: replicas,
    configEntries: [
      { name: 'min.insync.replicas', value: `${inSync}` },
      { name: 'unclean.leader.election.enable', value: 'false' },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'retention.ms', value: `${spec.retentionMs}` },
    ],
  };
}

async function readConfig(admin: Admin, topic: string): Promise<Config> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  const entries = resources[0]?.configEntries ?? [];
  return new Map(
    entries.map((entry) => [
      entry.configName,
      { value: entry.configValue, ofTopic: Number(entry.configSource) === SET_ON_TOPIC },
    ]),
  );
}

/** Kafka's AlterConfigs replaces all that is set on a topic, so what is there already is sent along. */
async function correctRetention(admin: Admin, spec: TopicSpec): Promise<void> {
  const config = await readConfig(admin, spec.name);
  const wanted = `${spec.retentionMs}`;
  if (config.get('retention.ms')?.value === wanted) {
    return;
  }
  const kept = [...config].filter(([name, { ofTopic }]) => ofTopic && name !== 'retention.ms');
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: spec.name,
        configEntries: [...kept.map(([name, { value }]) => ({ name, value })), { name: 'retention.ms', value: wanted }],
      },
    ],
  });
}

function configDeficiencies(topic: string, config: Config): LogDeficiency[] {
  const problems: string[] = [];
  if (Number(config.get('min.insync.replicas')?.value ?? 1) < SAFE_IN_SYNC) {
    problems.push(`min.insync.replicas is less than ${SAFE_IN_SYNC}`);
  }
  if (config.get('unclean.leader.election.enable')?.value === 'true') {
    problems.push('unclean leader election is enabled');
  }
  if (config.get('message.timestamp.type')?.value !== 'LogAppendTime') {
    problems.push('message.timestamp.type is not LogAppendTime');
  }
  return problems.map((problem) => ({ severity: 'weak', message: `Topic ${topic}: ${problem}.` }));
}
