import { hostname } from 'node:os';
import { ConfigurationError, environmentName, type SettingName, type Settings } from '@mooring/config';
import type { EdgePeers } from '@mooring/edge';
import { edge, identity, monitoring } from '@mooring/proto';
import { PeerCertificates, type RpcClient, RpcServer, rpcClient, tracedAnswers, tracedCalls } from '@mooring/rpc';
import { LRUCache } from 'lru-cache';
import type { Runtime } from './runtime.js';

/** Calls of each contract that may be made twice without harm. */
const SAFE_IDENTITY_CALLS = [
  'getIdentity',
  'listDevices',
  'listModules',
  'getStatistics',
  'resolveCredentials',
  'putSessions',
  'listPolicies',
  'listCertificates',
] as const;

const SAFE_MONITORING_CALLS = [
  'reportConnections',
  'reportActivity',
  'getStates',
  'countConnected',
  'listOperations',
] as const;

const MAX_EDGE_CLIENTS = 1_000;

/** How this process reaches the hub's other processes, and they it. */
export class Peers {
  /** Edges come and go under new addresses; clients of those that are gone are let go of. */
  private readonly edgeClients = new LRUCache<string, RpcClient<typeof edge.EdgeServiceService>>({
    max: MAX_EDGE_CLIENTS,
    dispose: (client) => client.close(),
  });

  private constructor(
    private readonly settings: Settings,
    private readonly runtime: Runtime,
    private readonly certificates: PeerCertificates,
  ) {}

  /** @throws ConfigurationError naming the variable that is missing */
  static async open(settings: Settings, runtime: Runtime): Promise<Peers> {
    const certificates = await PeerCertificates.open({
      authorityFile: required(settings, 'rpcAuthority'),
      certificateFile: required(settings, 'rpcCertificate'),
      keyFile: required(settings, 'rpcKey'),
      clock: runtime.clock,
      log: runtime.logger,
    });
    return new Peers(settings, runtime, certificates);
  }

  /** Where the other processes reach this one. */
  get ownAddress(): string {
    return this.settings.rpcAdvertise ?? `${hostname()}:${this.settings.rpcPort}`;
  }

  identity(): RpcClient<typeof identity.IdentityServiceService> {
    return rpcClient(identity.IdentityServiceService, {
      ...this.clientOptions(required(this.settings, 'identityAddresses')),
      safe: SAFE_IDENTITY_CALLS,
    });
  }

  monitoring(): RpcClient<typeof monitoring.MonitoringServiceService> {
    return rpcClient(monitoring.MonitoringServiceService, {
      ...this.clientOptions(required(this.settings, 'monitoringAddresses')),
      safe: SAFE_MONITORING_CALLS,
    });
  }

  /** Other edges, each at the address that its lease names. */
  get edges(): EdgePeers {
    return { edge: (address) => this.edgeAt(address).service };
  }

  private edgeAt(address: string): RpcClient<typeof edge.EdgeServiceService> {
    const known = this.edgeClients.get(address);
    if (known !== undefined) {
      return known;
    }
    const client = rpcClient(edge.EdgeServiceService, {
      ...this.clientOptions([address]),
      safe: ['closeConnections', 'findConnections'],
    });
    this.edgeClients.set(address, client);
    return client;
  }

  private clientOptions(addresses: readonly string[]) {
    const { clock, metrics, tracing } = this.runtime;
    const interceptors = tracing === undefined ? [] : [tracedCalls(tracing)];
    return { addresses, tls: this.certificates, interceptors, clock, metrics };
  }

  /** Listens nowhere before its `listen`. */
  server(): RpcServer {
    const { bindAddress, rpcPort } = this.settings;
    const { tracing } = this.runtime;
    return new RpcServer({
      bindAddress,
      port: rpcPort,
      interceptors: tracing === undefined ? [] : [tracedAnswers(tracing)],
      tls: this.certificates,
      clock: this.runtime.clock,
      log: this.runtime.logger,
      metrics: this.runtime.metrics,
    });
  }

  close(): void {
    this.edgeClients.clear();
    this.certificates.close();
  }
}

function required<N extends SettingName>(settings: Settings, name: N): NonNullable<Settings[N]> {
  const value = settings[name];
  if (value === undefined || value === null) {
    throw new ConfigurationError(`${environmentName(name)} is needed by a process that does not hold all services.`);
  }
  return value;
}
