import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HubAccess } from '../hub/hub-access.js';
import { ownLoopbackAddress } from '../process/own-loopback-address.js';
import { makePartFolder, removePartFolder } from '../process/part-folder.js';
import type { SharedParts } from '../shared/shared-parts.js';
import { type Balancer, startBalancer } from './balancer.js';
import { makeClusterFiles } from './cluster-files.js';
import { ClusterEdge, ClusterProcess, RPC_PORT, type ServiceName } from './cluster-process.js';
import { FakeClock } from './fake-clock.js';

export interface ClusterOptions {
  readonly stores: SharedParts;
  /** How many processes hold each; 2 unless given. All other services run once. */
  readonly edges?: number;
  readonly apis?: number;
  readonly routings?: number;
  /** 1 unless given. */
  readonly twins?: number;
  /** Puts fault proxies between the edges and Redis, and between the edges and the other processes. */
  readonly proxied?: boolean;
  /** Gives each edge a wall clock of its own, which can be set wrong. */
  readonly fakeClocks?: boolean;
  /** The folder of the checkout that all processes run from at first; this one unless given. */
  readonly checkout?: string | undefined;
  /** More settings of all processes. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A hub of many processes. `host` is the balancer in front of the edges: what devices dial. Back ends have a name of their
 * own, in the connection strings: the balancer in front of the apis.
 */
export interface Cluster extends HubAccess {
  readonly apiHost: string;
  readonly edges: readonly ClusterEdge[];
  readonly apis: readonly ClusterProcess[];
  readonly routings: readonly ClusterProcess[];
  readonly identity: ClusterProcess;
  /** The first of `twins`. */
  readonly twin: ClusterProcess;
  readonly twins: readonly ClusterProcess[];
  readonly c2dQueue: ClusterProcess;
  readonly monitoring: ClusterProcess;
  /** All of them. */
  readonly processes: readonly ClusterProcess[];
  /** Of its topics in Kafka, its keys in Redis and its database; no other cluster has the same. */
  readonly prefix: string;
  close(): Promise<void>;
}

const MQTTS = 8883;
const AMQPS = 5671;
const HTTPS = 443;

/** Starts a hub of many processes on stores in which it has names of its own; resolves when all are ready. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = await makePartFolder('cluster');
  const closers: (() => Promise<void>)[] = [() => removePartFolder(folder)];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) {
      await one();
    }
  };
  try {
    return await start({ options, folder, closers, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Start {
  readonly options: ClusterOptions;
  readonly folder: string;
  readonly closers: (() => Promise<void>)[];
  readonly close: () => Promise<void>;
}

async function start({ options, folder, closers, close }: Start): Promise<Cluster> {
  const {
    stores,
    edges: edgeCount = 2,
    apis: apiCount = 2,
    routings: routingCount = 2,
    twins: twinCount = 1,
  } = options;
  const prefix = `cluster-${randomBytes(6).toString('hex')}`;
  const [host, apiHost] = [ownLoopbackAddress(), ownLoopbackAddress()];
  const files = await makeClusterFiles(folder, [host, apiHost]);
  const addresses = {
    identity: ownLoopbackAddress(),
    twins: numbers(twinCount).map(() => ownLoopbackAddress()),
    c2dQueue: ownLoopbackAddress(),
    monitoring: ownLoopbackAddress(),
  };
  const settings = (service: ServiceName): Record<string, string> => ({
    MOORING_HOSTNAME: service === 'api' ? apiHost : host,
    MOORING_KAFKA_BROKERS: stores.kafkaBrokers.join(','),
    MOORING_REDIS_URL: stores.redisUrl,
    MOORING_MONGO_URL: stores.mongoUrl,
    MOORING_MONGO_DATABASE: prefix,
    MOORING_TOPIC_PREFIX: prefix,
    MOORING_REDIS_PREFIX: prefix,
    MOORING_IDENTITY_ADDRESSES: `${addresses.identity}:${RPC_PORT}`,
    MOORING_TWIN_ADDRESSES: addresses.twins.map((address) => `${address}:${RPC_PORT}`).join(','),
    MOORING_C2D_QUEUE_ADDRESSES: `${addresses.c2dQueue}:${RPC_PORT}`,
    MOORING_MONITORING_ADDRESSES: `${addresses.monitoring}:${RPC_PORT}`,
    MOORING_LOG_LEVEL: 'warn',
    ...files.settings(service),
    ...options.environment,
  });
  const make = (service: ServiceName, name: string, address?: string): ClusterProcess =>
    new ClusterProcess({ service, name, folder, environment: settings(service), ...(address && { address }) });
  const several = (service: ServiceName, count: number): ClusterProcess[] =>
    numbers(count).map((number) => make(service, `${service}-${number}`));

  const identity = make('identity', 'identity', addresses.identity);
  const twins = addresses.twins.map((address, index) =>
    make('twin', index === 0 ? 'twin' : `twin-${index + 1}`, address),
  );
  const [twin] = twins as [ClusterProcess, ...ClusterProcess[]];
  const c2dQueue = make('c2d-queue', 'c2d-queue', addresses.c2dQueue);
  const monitoring = make('monitoring', 'monitoring', addresses.monitoring);
  const apis = several('api', apiCount);
  const routings = several('routing', routingCount);
  const edges: ClusterEdge[] = [];
  for (const number of numbers(edgeCount)) {
    const name = `edge-${number}`;
    const clock = options.fakeClocks ? { clock: new FakeClock(join(folder, `${name}.clock`)) } : {};
    const edge = { service: 'edge', name, folder, environment: settings('edge'), ...clock } as const;
    edges.push(options.proxied ? await ClusterEdge.proxied(edge, stores.redisUrl) : new ClusterEdge(edge));
  }
  const processes = [identity, ...twins, c2dQueue, monitoring, ...routings, ...apis, ...edges];
  closers.push(async () => {
    await Promise.all(processes.map((one) => one.kill()));
    await Promise.all(edges.map((edge) => edge.close()));
  });

  for (const process of processes) {
    process.runFrom(options.checkout);
  }
  // Identity makes the topics and the policies; the others wait for it less patiently than this.
  await identity.start();
  await Promise.all(processes.filter((one) => one !== identity).map((one) => one.start()));
  const balancers: Balancer[] = [
    await startBalancer({ address: host, ports: [MQTTS, AMQPS, HTTPS], targets: () => edges }),
    await startBalancer({ address: apiHost, ports: [AMQPS, HTTPS], targets: () => apis }),
  ];
  closers.push(async () => {
    await Promise.all(balancers.map((balancer) => balancer.close()));
  });

  const ownersString = (name: string): string =>
    readFileSync(join(identity.data, name), 'utf8').trim().replace(host, apiHost);
  return {
    host,
    apiHost,
    caFile: files.caFile,
    ca: files.ca,
    connectionString: ownersString('connection-string'),
    eventHubsConnectionString: ownersString('event-hubs-connection-string'),
    edges,
    apis,
    routings,
    identity,
    twin,
    twins,
    c2dQueue,
    monitoring,
    processes,
    prefix,
    close,
  };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
