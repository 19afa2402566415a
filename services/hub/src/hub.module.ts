import type { Configuration } from '@mooring/config';
import { EdgeModule } from '@mooring/edge';
import { IDENTITY_SERVICE, IdentityModule } from '@mooring/identity';
import type { HubTopics } from '@mooring/messages';
import { RoutingModule } from '@mooring/routing';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Stores } from './open-stores.js';
import type { Runtime } from './runtime.js';

export interface HubModuleOptions {
  readonly configuration: Configuration;
  readonly runtime: Runtime;
  readonly stores: Stores;
  readonly topics: HubTopics;
  readonly sealKey: Buffer;
}

/** Which services this process holds: all of them. */
@Module({})
export class HubModule {
  static register({ configuration, runtime, stores, topics, sealKey }: HubModuleOptions): DynamicModule {
    const { settings, resources } = configuration;
    const { clock, logger, metrics } = runtime;
    const { log, documents, affinity } = stores;
    const identity = IdentityModule.register({
      documents,
      log,
      topics,
      clock,
      logger: logger.child({ service: 'identity' }),
      metrics,
      hubName: hubName(settings.hostname),
      sealKey,
      declared: resources,
    });
    const edge = EdgeModule.register({
      identity: IDENTITY_SERVICE,
      imports: [identity],
      settings,
      topics,
      eventLog: log,
      affinity,
      clock,
      log: logger.child({ service: 'edge' }),
      metrics,
    });
    return { module: HubModule, imports: [identity, edge, RoutingModule.register({ log, metrics, topics })] };
  }
}

/** As SDKs and Azure's events name the hub: its host name up to the first dot. */
function hubName(hostname: string): string {
  return hostname.split('.', 1)[0] ?? hostname;
}
