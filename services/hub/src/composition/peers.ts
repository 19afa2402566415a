import { hostname } from 'node:os';
import { ConfigurationError, environmentName, type SettingName, type Settings } from '@mooring/config';
import { identity, monitoring } from '@mooring/proto';
import { PeerCertificates, type RpcClient, RpcServer, rpcClient, tracedAnswers, tracedCalls } from '@mooring/rpc';
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

/** How this process reaches the hub's other processes, and they it. */
export class Peers {
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
