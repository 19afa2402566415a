import type { identity } from '@mooring/proto';
import {
  type DynamicModule,
  type InjectionToken,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type C2dQueueRuntime, createC2dQueueService } from './create-c2d-queue-service.js';
import type { C2dQueueOptions } from './options.js';

/** Injects the contract, a `c2dqueue.C2dQueueService`; no caller can tell whether it is in the same process. */
export const C2D_QUEUE_SERVICE = Symbol('C2dQueueService');

/** C2d-queue as a service: starts with the process and stops with it, before the stores are closed. */
class C2dQueueLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(readonly runtime: C2dQueueRuntime) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runtime.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.stop();
  }
}

export interface C2dQueueModuleOptions extends Omit<C2dQueueOptions, 'directory'> {
  /** Token of the DirectoryService: the implementation in this process, or a client of another. */
  readonly directory: InjectionToken;
  /** Modules that provide it, unless they are global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

@Module({})
export class C2dQueueModule {
  static register({ directory: directoryToken, imports = [], ...options }: C2dQueueModuleOptions): DynamicModule {
    return {
      module: C2dQueueModule,
      imports,
      providers: [
        {
          provide: C2dQueueLifecycle,
          inject: [directoryToken],
          useFactory: async (directory: identity.DirectoryService) =>
            new C2dQueueLifecycle(await createC2dQueueService({ ...options, directory })),
        },
        {
          provide: C2D_QUEUE_SERVICE,
          inject: [C2dQueueLifecycle],
          useFactory: ({ runtime }: C2dQueueLifecycle) => runtime.service,
        },
      ],
      exports: [C2D_QUEUE_SERVICE],
    };
  }
}
