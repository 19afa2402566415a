import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../cache.js';
import { type FaultProxy, startFaultProxy } from '../fault-proxy/fault-proxy.js';
import { copyJars, pomOf } from '../maven.js';
import { freePort } from '../process/free-port.js';
import { makePartFolder, removePartFolder } from '../process/part-folder.js';
import { type PartControl, PartProcess } from '../process/part-process.js';
import { run } from '../process/run.js';
import { answersKafka, kafkaIsReady } from './kafka-ready.js';
import { type NodeSettings, nodeProperties } from './node-settings.js';

export interface KafkaOptions {
  /** Brokers, each also a controller; 1 unless given. */
  readonly nodes?: 1 | 3;
  /** Where the data lies; a new folder, removed by `close`, unless given. */
  readonly directory?: string;
  /** Puts a fault proxy in front of each broker; `proxiedBrokers` leads clients through them. */
  readonly proxied?: boolean;
}

export interface KafkaNode extends PartControl {
  /** Node id, as metadata answers name it. */
  readonly id: number;
  /** `127.0.0.1:port` */
  readonly broker: string;
  /** Carries what clients of `proxiedBrokers` exchange with this broker. */
  readonly proxy: FaultProxy | undefined;
}

export interface KafkaPart {
  readonly brokers: readonly string[];
  /** Addresses of the proxies; empty unless `proxied` was asked for. Metadata answers then also name the proxies only. */
  readonly proxiedBrokers: readonly string[];
  readonly nodes: readonly KafkaNode[];
  /** Resolves once a produce and a group join succeed. */
  ready(): Promise<void>;
  /** Ends all nodes at once and removes the data. */
  close(): Promise<void>;
}

const clusterId = 'bW9vcmluZy10ZXN0cy0wMA';
const startTimeoutMs = 60_000;

// What the tests need of a broker is a quick start and little memory; the first compiler alone gives both.
const javaOptions = [
  '-Xms128m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Djava.awt.headless=true',
];

/** Starts Kafka on free loopback ports; resolves when a produce and a group join have succeeded. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaPart> {
  const jars = await kafkaJars();
  const directory = options.directory ?? (await makePartFolder('kafka'));
  const proxies: FaultProxy[] = [];
  const settings: NodeSettings[] = [];
  for (let id = 1; id <= (options.nodes ?? 1); id += 1) {
    const base = {
      id,
      folder: join(directory, `node-${id}`),
      port: await freePort(),
      controllerPort: await freePort(),
    };
    if (options.proxied) {
      const port = await freePort();
      const proxy = await startFaultProxy({ target: { host: '127.0.0.1', port } });
      proxies.push(proxy);
      settings.push({ ...base, proxied: { port, advertisedPort: proxy.port } });
    } else {
      settings.push(base);
    }
  }
  await Promise.all(settings.map((node) => format(jars, node, settings)));
  const nodes = settings.map((node, index) => new Node(jars, node, proxies[index]));
  const brokers = nodes.map((node) => node.broker);
  const part: KafkaPart = {
    brokers,
    proxiedBrokers: proxies.map((proxy) => proxy.address),
    nodes,
    ready: () => kafkaIsReady(brokers, startTimeoutMs),
    close: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
      if (options.directory === undefined) {
        await removePartFolder(directory);
      }
    },
  };
  try {
    for (const node of nodes) {
      node.launch();
    }
    await Promise.all(nodes.map((node) => node.ready()));
    await part.ready();
  } catch (error) {
    await part.close();
    throw error;
  }
  return part;
}

function kafkaJars(): Promise<string> {
  return cached({ name: 'kafka', sources: [pomOf('kafka')], make: (folder) => copyJars(pomOf('kafka'), folder) });
}

/** Writes a node's configuration and prepares its data folder, unless it has one already. */
async function format(jars: string, node: NodeSettings, cluster: readonly NodeSettings[]): Promise<void> {
  await mkdir(node.folder, { recursive: true });
  const file = join(node.folder, 'server.properties');
  await writeFile(file, nodeProperties(node, cluster));
  const tool = ['format', '--ignore-formatted', '--cluster-id', clusterId, '--config', file];
  await run('java', [...javaOptions, '-cp', `${jars}/*`, 'kafka.tools.StorageTool', ...tool], {
    cwd: node.folder,
    timeoutMs: startTimeoutMs,
  });
}

class Node extends PartProcess implements KafkaNode {
  readonly id: number;
  readonly broker: string;

  constructor(
    jars: string,
    settings: NodeSettings,
    readonly proxy: FaultProxy | undefined,
  ) {
    const { id, folder, port } = settings;
    super({
      name: `Kafka (node ${id})`,
      command: 'java',
      args: [...javaOptions, '-cp', `${jars}/*`, 'kafka.Kafka', join(folder, 'server.properties')],
      cwd: folder,
      log: join(folder, 'output.log'),
      readyTimeoutMs: startTimeoutMs,
      isReady: () => answersKafka(`127.0.0.1:${port}`),
    });
    this.id = id;
    this.broker = `127.0.0.1:${port}`;
  }
}
