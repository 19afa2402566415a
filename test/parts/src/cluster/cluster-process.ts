import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultProxy, startFaultProxy } from '../fault-proxy/fault-proxy.js';
import { hubCommand, hubProgram } from '../hub/hub-part.js';
import { ownLoopbackAddress } from '../process/own-loopback-address.js';
import { PartProcess } from '../process/part-process.js';
import type { BalancerTarget } from './balancer.js';
import type { FakeClock } from './fake-clock.js';

export type ServiceName = 'edge' | 'api' | 'identity' | 'twin' | 'c2d-queue' | 'routing' | 'monitoring';

/** Ports that each process has on an address of its own. */
const ADMIN_PORT = 9090;
export const RPC_PORT = 9443;
const READY_TIMEOUT_MS = 90_000;

export interface ClusterProcessOptions {
  readonly service: ServiceName;
  /** E.g. `edge-1`. */
  readonly name: string;
  /** The cluster's. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Unless given, one of its own. */
  readonly address?: string;
  /** Of the wall clock that the process sees; the right time unless given. */
  readonly clock?: FakeClock;
}

/** One `mooring run` of a cluster, on a loopback address of its own. */
export class ClusterProcess extends PartProcess implements BalancerTarget {
  readonly name: string;
  readonly service: ServiceName;
  readonly address: string;
  readonly adminUrl: string;
  readonly data: string;
  readonly logFile: string;
  readonly clock: FakeClock | undefined;
  readonly #program: { command: string };
  #isFrozen = false;

  constructor({ service, name, folder, environment, address = ownLoopbackAddress(), clock }: ClusterProcessOptions) {
    const [command, args] = hubCommand('run', service);
    const program = { command };
    const data = join(folder, name);
    mkdirSync(data);
    const log = join(folder, `${name}.log`);
    const adminUrl = `http://${address}:${ADMIN_PORT}`;
    super({
      name,
      get command() {
        return program.command;
      },
      args,
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        MOORING_DATA: data,
        MOORING_BIND_ADDRESS: address,
        MOORING_ADMIN_ADDRESS: address,
        MOORING_ADMIN_PORT: String(ADMIN_PORT),
        MOORING_RPC_PORT: String(RPC_PORT),
        MOORING_RPC_ADVERTISE: `${address}:${RPC_PORT}`,
        MOORING_EDGE_ID: name,
        ...environment,
        ...clock?.environment,
      },
      log,
      readyTimeoutMs: READY_TIMEOUT_MS,
      isReady: async () => (await fetch(`${adminUrl}/health/ready`)).ok,
    });
    this.name = name;
    this.service = service;
    this.address = address;
    this.adminUrl = adminUrl;
    this.data = data;
    this.logFile = log;
    this.clock = clock;
    this.#program = program;
  }

  /** What it runs from its next start on: a hub built from another checkout. @param checkout its folder; this one unless given */
  runFrom(checkout?: string): void {
    this.#program.command = checkout === undefined ? hubCommand()[0] : hubProgram(checkout);
  }

  get isLive(): boolean {
    return this.pid !== undefined && !this.#isFrozen;
  }

  override freeze(): void {
    this.#isFrozen = true;
    super.freeze();
  }

  override thaw(): void {
    this.#isFrozen = false;
    super.thaw();
  }

  /** What it has written so far. */
  output(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** What its metrics say now. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.adminUrl}/metrics`)).text();
  }
}

/** Proxies that cut an edge off. */
export interface EdgeProxies {
  /** Between it and Redis. */
  readonly redis: FaultProxy;
  /** Between the other processes and its gRPC. */
  readonly rpc: FaultProxy;
}

export class ClusterEdge extends ClusterProcess {
  constructor(
    options: ClusterProcessOptions,
    /** Where the cluster was asked for them. */
    readonly proxies?: EdgeProxies,
  ) {
    super(options);
  }

  /** An edge that reaches Redis, and is reached by the hub's other processes, through proxies. */
  static async proxied(options: ClusterProcessOptions, redisUrl: string): Promise<ClusterEdge> {
    const address = ownLoopbackAddress();
    const redis = new URL(redisUrl);
    const redisProxy = await startFaultProxy({ target: { host: redis.hostname, port: Number(redis.port) } });
    const rpcProxy = await startFaultProxy({ target: { host: address, port: RPC_PORT } });
    redis.host = redisProxy.address;
    const environment = {
      ...options.environment,
      MOORING_REDIS_URL: redis.href,
      MOORING_RPC_ADVERTISE: rpcProxy.address,
    };
    return new ClusterEdge({ ...options, environment, address }, { redis: redisProxy, rpc: rpcProxy });
  }

  async close(): Promise<void> {
    await this.kill();
    await Promise.all([this.proxies?.redis.close(), this.proxies?.rpc.close()]);
  }
}
