import type { c2dqueue, identity, monitoring } from '@mooring/proto';
import {
  type DynamicModule,
  type InjectionToken,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { createTwinService, type TwinRuntime } from './create-twin-service.js';
import type { TwinOptions } from './options.js';

/** Injects the contract, a `twin.TwinService`; no caller can tell whether it is in the same process. */
export const TWIN_SERVICE = Symbol('TwinService');

/** Twins as a service: starts with the process and stops with it, before the stores are closed. */
class TwinLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(readonly runtime: TwinRuntime) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runtime.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.stop();
  }
}

/** Contracts are given by their tokens: the implementation in this process, or a client of another. */
export interface TwinModuleOptions extends Omit<TwinOptions, 'directory' | 'monitoring' | 'c2dQueue'> {
  readonly directory: InjectionToken;
  readonly monitoring: InjectionToken;
  readonly c2dQueue: InjectionToken;
  /** Modules that provide them, unless they are global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

@Module({})
export class TwinModule {
  static register({
    directory: directoryToken,
    monitoring: monitoringToken,
    c2dQueue: queueToken,
    imports = [],
    ...options
  }: TwinModuleOptions): DynamicModule {
    return {
      module: TwinModule,
      imports,
      providers: [
        {
          provide: TwinLifecycle,
          inject: [directoryToken, monitoringToken, queueToken],
          useFactory: async (
            directory: identity.DirectoryService,
            monitored: monitoring.MonitoringService,
            c2dQueue: c2dqueue.C2dQueueService,
          ) => new TwinLifecycle(await createTwinService({ ...options, directory, monitoring: monitored, c2dQueue })),
        },
        {
          provide: TWIN_SERVICE,
          inject: [TwinLifecycle],
          useFactory: ({ runtime }: TwinLifecycle) => runtime.service,
        },
      ],
      exports: [TWIN_SERVICE],
    };
  }
}
