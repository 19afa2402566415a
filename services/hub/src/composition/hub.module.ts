import type { Affinity } from '@mooring/affinity';
import type { Configuration } from '@mooring/config';
import type { DocumentStore } from '@mooring/document-store';
import { EdgeModule } from '@mooring/edge';
import type { EventLog } from '@mooring/event-log';
import { IDENTITY_SERVICE, IdentityModule } from '@mooring/identity';
import type { HubTopics } from '@mooring/messages';
import { MONITORING_SERVICE, MonitoringModule } from '@mooring/monitoring';
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
  /** Where identity or monitoring is held. */
  readonly documents: DocumentStore | undefined;
  /** Where identity is held: what device keys are sealed with. */
  readonly sealKey: Buffer | undefined;
  /** Where the edge or monitoring is held. */
  readonly affinity: Affinity | undefined;
  /** Identity in other processes, where this one does not hold it. */
  readonly remoteIdentity: identity.IdentityService | undefined;
  /** The same of monitoring. */
  readonly remoteMonitoring: monitoring.MonitoringService | undefined;
}

/** The services that this process holds. Whoever needs another gets its contract injected, wherever it is. */
@Module({})
export class HubModule {
  static register(options: HubModuleOptions): DynamicModule {
    const identityModule = HubModule.identity(options);
    const imports = [identityModule, HubModule.monitoring(options)];
    if (options.services.has('edge')) {
      imports.push(HubModule.edge(options, identityModule));
    }
    if (options.services.has('routing')) {
      const { log, topics, runtime } = options;
      imports.push(RoutingModule.register({ log, topics, metrics: runtime.metrics, tracing: runtime.tracing }));
    }
    return { module: HubModule, imports };
  }

  private static identity(options: HubModuleOptions): DynamicModule {
    const { services, configuration, runtime, topics, log, documents, sealKey, remoteIdentity } = options;
    if (services.has('identity') && documents !== undefined && sealKey !== undefined) {
      return IdentityModule.register({
        documents,
        log,
        topics,
        clock: runtime.clock,
        logger: runtime.logger.child({ service: 'identity' }),
        metrics: runtime.metrics,
        hubName: hubName(configuration.settings.hostname),
        sealKey,
        declared: configuration.resources,
      });
    }
    return {
      module: RemoteContracts,
      providers: [{ provide: IDENTITY_SERVICE, useValue: remoteIdentity }],
      exports: [IDENTITY_SERVICE],
    };
  }

  private static monitoring(options: HubModuleOptions): DynamicModule {
    const { services, configuration, runtime, topics, log, documents, affinity, remoteMonitoring } = options;
    const { settings } = configuration;
    if (services.has('monitoring') && documents !== undefined && affinity !== undefined) {
      return MonitoringModule.register({
        documents,
        log,
        affinity,
        topics,
        clock: runtime.clock,
        logger: runtime.logger.child({ service: 'monitoring' }),
        metrics: runtime.metrics,
        hubName: hubName(settings.hostname),
        operationsRetentionMs: settings.operationsRetentionHours * HOUR_MS,
        operationsMaxRecords: settings.operationsMaxRecords,
      });
    }
    return {
      module: RemoteContracts,
      providers: [{ provide: MONITORING_SERVICE, useValue: remoteMonitoring }],
      exports: [MONITORING_SERVICE],
    };
  }

  private static edge(options: HubModuleOptions, identityModule: DynamicModule): DynamicModule {
    const { configuration, runtime, topics, log, affinity } = options;
    if (affinity === undefined) {
      throw new Error('an edge needs the affinity store');
    }
    return EdgeModule.register({
      identity: IDENTITY_SERVICE,
      imports: [identityModule],
      settings: configuration.settings,
      topics,
      eventLog: log,
      affinity,
      clock: runtime.clock,
      log: runtime.logger.child({ service: 'edge' }),
      metrics: runtime.metrics,
      tracing: runtime.tracing,
    });
  }
}

/** Contracts of services in other processes. */
@Module({})
class RemoteContracts {}

/** As SDKs and Azure's events name the hub: its host name up to the first dot. */
function hubName(hostname: string): string {
  return hostname.split('.', 1)[0] ?? hostname;
}
