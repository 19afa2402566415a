import type { Affinity } from '@mooring/affinity';
import type { Configuration } from '@mooring/config';
import type { DocumentStore } from '@mooring/document-store';
import { EdgeModule, type EdgePeers } from '@mooring/edge';
import type { EventLog } from '@mooring/event-log';
import { IDENTITY_SERVICE, IdentityModule } from '@mooring/identity';
import type { HubTopics } from '@mooring/messages';
import { MONITORING_SERVICE, MonitoringModule } from '@mooring/monitoring';
import type { OperationRecorder } from '@mooring/operations';
import type { identity, monitoring } from '@mooring/proto';
import { RoutingModule } from '@mooring/routing';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Runtime } from './runtime.js';
import type { Services } from './service-name.js';

const HOUR_MS = 60 * 60 * 1000;

export interface HubModuleOptions {
  readonly services: Services;
  readonly configuration: Configuration;
  readonly runtime: Runtime;
  readonly topics: HubTopics;
  readonly log: EventLog;
  readonly operations: OperationRecorder;
  /** Where identity or monitoring is held. */
  readonly documents: DocumentStore | undefined;
  /** Where identity is held: what device keys are sealed with. */
  readonly sealKey: Buffer | undefined;
  /** Where the edge or monitoring is held. */
  readonly affinity: Affinity | undefined;
  /** Services in other processes, where this one does not hold them and needs them. */
  readonly remote: {
    readonly identity?: identity.IdentityService | undefined;
    readonly monitoring?: monitoring.MonitoringService | undefined;
    /** Other edges, and where they reach this one. */
    readonly edges?: { readonly peers: EdgePeers; readonly ownAddress: string } | undefined;
  };
}

/** The services that this process holds. Whoever needs another gets its contract injected, wherever it is. */
@Module({})
export class HubModule {
  static register(options: HubModuleOptions): DynamicModule {
    const { services, log, topics, runtime } = options;
    const identityModule = identityOf(options);
    const monitoringModule = monitoringOf(options);
    const imports = [identityModule, monitoringModule];
    if (services.has('edge')) {
      imports.push(edgeOf(options, [identityModule, monitoringModule]));
    }
    if (services.has('routing')) {
      const { metrics, tracing } = runtime;
      imports.push(RoutingModule.register({ log, topics, metrics, tracing }));
    }
    return { module: HubModule, imports };
  }
}

/** Contracts of services in other processes. */
@Module({})
class RemoteContracts {}

function remote(token: symbol, service: unknown): DynamicModule {
  return { module: RemoteContracts, providers: [{ provide: token, useValue: service }], exports: [token] };
}

function identityOf(options: HubModuleOptions): DynamicModule {
  const { services, configuration, runtime, topics, log, documents, sealKey, operations } = options;
  if (!services.has('identity') || documents === undefined || sealKey === undefined) {
    return remote(IDENTITY_SERVICE, options.remote.identity);
  }
  return IdentityModule.register({
    documents,
    log,
    topics,
    ...parts(runtime, 'identity'),
    hubName: hubName(configuration.settings.hostname),
    sealKey,
    declared: configuration.resources,
    operations,
  });
}

function monitoringOf(options: HubModuleOptions): DynamicModule {
  const { services, configuration, runtime, topics, log, documents, affinity } = options;
  const { settings } = configuration;
  if (!services.has('monitoring') || documents === undefined || affinity === undefined) {
    return remote(MONITORING_SERVICE, options.remote.monitoring);
  }
  return MonitoringModule.register({
    documents,
    log,
    affinity,
    topics,
    ...parts(runtime, 'monitoring'),
    hubName: hubName(settings.hostname),
    operationsRetentionMs: settings.operationsRetentionHours * HOUR_MS,
    operationsMaxRecords: settings.operationsMaxRecords,
  });
}

function edgeOf(options: HubModuleOptions, imports: readonly DynamicModule[]): DynamicModule {
  const { configuration, runtime, topics, log, affinity, operations } = options;
  if (affinity === undefined) {
    throw new Error('an edge needs the affinity store');
  }
  const { logger, ...others } = parts(runtime, 'edge');
  return EdgeModule.register({
    identity: IDENTITY_SERVICE,
    monitoring: MONITORING_SERVICE,
    imports: [...imports],
    settings: configuration.settings,
    topics,
    eventLog: log,
    affinity,
    operations,
    peers: options.remote.edges?.peers,
    address: options.remote.edges?.ownAddress,
    log: logger,
    ...others,
    tracing: runtime.tracing,
  });
}

function parts({ clock, logger, metrics }: Runtime, service: string) {
  return { clock, logger: logger.child({ service }), metrics };
}

/** As SDKs and Azure's events name the hub: its host name up to the first dot. */
function hubName(hostname: string): string {
  return hostname.split('.', 1)[0] ?? hostname;
}
