import { hostname } from 'node:os';
import { ConfigurationError, environmentName, type SettingName, type Settings } from '@mooring/config';
import type { DeliveryPeers } from '@mooring/delivery';
import type { EdgePeers } from '@mooring/edge';
import { c2dqueue, edge, identity, monitoring, twin } from '@mooring/proto';
import { PeerCertificates, type RpcClient, RpcServer, rpcClient, tracedAnswers, tracedCalls } from '@mooring/rpc';
import { LRUCache } from 'lru-cache';
import type { Runtime } from './runtime.js';
import { SAFE_CALLS } from './safe-calls.js';

const MAX_EDGE_CLIENTS = 1_000;
/** Calls of methods wait for devices; what else comes over the same connection must not wait for them. */
const MAX_CALLS = 10_000;
/** The longest that a device may take to answer a method, and a margin. */
const METHOD_DEADLINE_MS = 310_000;
/** A page of a query may take as long as the setting says, and a margin. */
const QUERY_MARGIN_MS = 5_000;

/** Clients of one edge. */
interface EdgeClients {
  readonly edge: RpcClient<typeof edge.EdgeServiceService>;
  readonly delivery: RpcClient<typeof edge.DeliveryServiceService>;
}

/** How this process reaches the hub's other processes, and they it. */
export class Peers {
  /** Edges come and go under new addresses; clients of those that are gone are let go of. */
  private readonly edgeClients = new LRUCache<string, EdgeClients>({
    max: MAX_EDGE_CLIENTS,
    memoMethod: (address) => this.edgeAt(address),
    dispose: (clients) => {
      clients.edge.close();
      clients.delivery.close();
    },
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
      safe: SAFE_CALLS.identity,
    });
  }

  directory(): RpcClient<typeof identity.DirectoryServiceService> {
    return rpcClient(identity.DirectoryServiceService, {
      ...this.clientOptions(required(this.settings, 'identityAddresses')),
      safe: SAFE_CALLS.directory,
    });
  }

  monitoring(): RpcClient<typeof monitoring.MonitoringServiceService> {
    return rpcClient(monitoring.MonitoringServiceService, {
      ...this.clientOptions(required(this.settings, 'monitoringAddresses')),
      safe: SAFE_CALLS.monitoring,
    });
  }

  twin(): RpcClient<typeof twin.TwinServiceService> {
    return rpcClient(twin.TwinServiceService, {
      ...this.clientOptions(required(this.settings, 'twinAddresses')),
      safe: SAFE_CALLS.twin,
      deadlines: { queryTwins: this.settings.queryMaxSeconds * 1000 + QUERY_MARGIN_MS },
    });
  }

  c2dQueue(): RpcClient<typeof c2dqueue.C2dQueueServiceService> {
    return rpcClient(c2dqueue.C2dQueueServiceService, {
      ...this.clientOptions(required(this.settings, 'c2dQueueAddresses')),
      peerName: 'c2d-queue',
      safe: SAFE_CALLS.c2dQueue,
    });
  }

  /** Other edges, each at the address that its lease names. */
  get edges(): EdgePeers & DeliveryPeers {
    return {
      edge: (address) => this.edgeClients.memo(address).edge.service,
      delivery: (address) => this.edgeClients.memo(address).delivery.service,
    };
  }

  private edgeAt(address: string): EdgeClients {
    return {
      edge: rpcClient(edge.EdgeServiceService, { ...this.clientOptions([address]), safe: SAFE_CALLS.edge }),
      delivery: rpcClient(edge.DeliveryServiceService, {
        ...this.clientOptions([address]),
        safe: SAFE_CALLS.delivery,
        deadlines: { invokeMethod: METHOD_DEADLINE_MS },
      }),
    };
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
      limits: { maxConcurrentStreams: MAX_CALLS, maxCallsInProgress: MAX_CALLS },
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
