import type { Affinity } from '@mooring/affinity';
import { C2D_QUEUE_SERVICE, C2dQueueModule } from '@mooring/c2d-queue';
import type { Configuration } from '@mooring/config';
import type { DeliveryPeers, DeviceLocator } from '@mooring/delivery';
import type { DocumentStore } from '@mooring/document-store';
import { EdgeModule, type EdgePeers } from '@mooring/edge';
import type { EventLog } from '@mooring/event-log';
import { DIRECTORY_SERVICE, IDENTITY_SERVICE, IdentityModule } from '@mooring/identity';
import type { HubTopics } from '@mooring/messages';
import { MONITORING_SERVICE, MonitoringModule } from '@mooring/monitoring';
import type { OperationRecorder } from '@mooring/operations';
import { RoutingModule } from '@mooring/routing';
import type { DailyQuota, Throttles } from '@mooring/throttling';
import { TWIN_SERVICE, TwinModule } from '@mooring/twin';
import { type DynamicModule, Module } from '@nestjs/common';
import { hubName } from './hub-name.js';
import type { RemoteContracts } from './remote-contracts.js';
import type { Runtime } from './runtime.js';
import type { Services } from './service-name.js';

const SECOND_MS = 1000;
const HOUR_MS = 60 * 60 * SECOND_MS;

export interface HubModuleOptions {
  readonly services: Services;
  readonly configuration: Configuration;
  readonly runtime: Runtime;
  readonly topics: HubTopics;
  readonly log: EventLog;
  readonly operations: OperationRecorder;
  /** Undefined if there is no daily quota. */
  readonly quota: DailyQuota | undefined;
  /** Undefined if nothing is throttled. */
  readonly throttles: Throttles | undefined;
  /** Where a service is held that keeps documents. */
  readonly documents: DocumentStore | undefined;
  /** Where identity is held: what device keys are sealed with. */
  readonly sealKey: Buffer | undefined;
  /** Where a service is held that wants to know where devices are connected; and the same for those that have something for them. */
  readonly affinity: Affinity | undefined;
  readonly locator: DeviceLocator | undefined;
  /** Services in other processes, where this one does not hold them and needs them. */
  readonly remote: RemoteContracts;
  /** Other edges, and where they reach this one. */
  readonly edges: { readonly peers: EdgePeers & DeliveryPeers; readonly ownAddress: string } | undefined;
}

/** The services that this process holds. Whoever needs another gets its contract injected, wherever it is. */
@Module({})
export class HubModule {
  static register(options: HubModuleOptions): DynamicModule {
    const { services, log, topics, runtime } = options;
    const identityModule = identityOf(options);
    const monitoringModule = monitoringOf(options);
    const c2dQueueModule = c2dQueueOf(options, [identityModule]);
    const twinModule = twinOf(options, [identityModule, monitoringModule, c2dQueueModule]);
    const imports = [identityModule, monitoringModule, c2dQueueModule, twinModule];
    if (services.has('edge')) {
      imports.push(edgeOf(options, [...imports]));
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
class RemoteModule {}

function remote(...contracts: readonly (readonly [token: symbol, service: unknown])[]): DynamicModule {
  return {
    module: RemoteModule,
    providers: contracts.map(([provide, useValue]) => ({ provide, useValue })),
    exports: contracts.map(([token]) => token),
  };
}

function identityOf(options: HubModuleOptions): DynamicModule {
  const { services, configuration, runtime, topics, log, documents, sealKey, operations } = options;
  if (!services.has('identity') || documents === undefined || sealKey === undefined) {
    return remote([IDENTITY_SERVICE, options.remote.identity], [DIRECTORY_SERVICE, options.remote.directory]);
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
    return remote([MONITORING_SERVICE, options.remote.monitoring]);
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

function c2dQueueOf(options: HubModuleOptions, imports: readonly DynamicModule[]): DynamicModule {
  const { services, configuration, runtime, topics, log, documents, locator, operations } = options;
  if (!services.has('c2d-queue') || documents === undefined || locator === undefined) {
    return remote([C2D_QUEUE_SERVICE, options.remote.c2dQueue]);
  }
  return C2dQueueModule.register({
    directory: DIRECTORY_SERVICE,
    imports: [...imports],
    documents,
    log,
    topics,
    locator,
    operations,
    settings: configuration.settings,
    ...parts(runtime, 'c2d-queue'),
  });
}

function twinOf(options: HubModuleOptions, imports: readonly DynamicModule[]): DynamicModule {
  const { services, configuration, runtime, topics, log, documents, locator, operations } = options;
  const { settings, resources } = configuration;
  if (!services.has('twin') || documents === undefined || locator === undefined) {
    return remote([TWIN_SERVICE, options.remote.twin]);
  }
  return TwinModule.register({
    directory: DIRECTORY_SERVICE,
    monitoring: MONITORING_SERVICE,
    c2dQueue: C2D_QUEUE_SERVICE,
    imports: [...imports],
    documents,
    log,
    topics,
    locator,
    operations,
    hubName: hubName(settings.hostname),
    twinIndexes: resources.twinIndexes,
    queryMaxMs: settings.queryMaxSeconds * SECOND_MS,
    ...parts(runtime, 'twin'),
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
    twin: TWIN_SERVICE,
    c2dQueue: C2D_QUEUE_SERVICE,
    imports: [...imports],
    settings: configuration.settings,
    topics,
    eventLog: log,
    affinity,
    operations,
    throttles: options.throttles,
    quota: options.quota,
    peers: options.edges?.peers,
    deliveryPeers: options.edges?.peers,
    address: options.edges?.ownAddress,
    log: logger,
    ...others,
    tracing: runtime.tracing,
  });
}

function parts({ clock, logger, metrics }: Runtime, service: string) {
  return { clock, logger: logger.child({ service }), metrics };
}
