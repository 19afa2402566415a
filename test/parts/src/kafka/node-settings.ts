export interface NodeSettings {
  readonly id: number;
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Where a second listener is bound and what address it advertises: that of a proxy. */
  readonly proxied?: { readonly port: number; readonly advertisedPort: number };
}

/** The server.properties of one node of a cluster; each is broker and controller. */
export function nodeProperties(node: NodeSettings, cluster: readonly NodeSettings[]): string {
  const copies = cluster.length;
  const listeners = [`PLAINTEXT://127.0.0.1:${node.port}`, `CONTROLLER://127.0.0.1:${node.controllerPort}`];
  const advertised = [`PLAINTEXT://127.0.0.1:${node.port}`];
  if (node.proxied !== undefined) {
    listeners.push(`PROXIED://127.0.0.1:${node.proxied.port}`);
    advertised.push(`PROXIED://127.0.0.1:${node.proxied.advertisedPort}`);
  }
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': cluster.map((peer) => `${peer.id}@127.0.0.1:${peer.controllerPort}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT',
    listeners: listeners.join(','),
    'advertised.listeners': advertised.join(','),
    'log.dirs': `${node.folder}/data`,
    'auto.create.topics.enable': false,
    // One partition per node: a new coordinator loads each before it answers.
    'offsets.topic.num.partitions': copies,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'log.retention.check.interval.ms': 5000,
    'log.initial.task.delay.ms': 1000,
    // A killed or frozen node must be noticed within a test's patience.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 500,
    'replica.lag.time.max.ms': 4000,
    'controller.quorum.election.timeout.ms': 500,
    'controller.quorum.election.backoff.max.ms': 500,
    'controller.quorum.fetch.timeout.ms': 1000,
    // Otherwise a stop waits long for leaders to move where there is nobody to move them to.
    'controlled.shutdown.enable': copies > 1,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
  };
  return `${Object.entries(properties)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}
