import { type DynamicModule, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createTwinService, type QueriesOf, type TwinRuntime } from './create-twin-service.js';
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

@Module({})
export class TwinModule {
  static register(options: TwinOptions, queriesOf: QueriesOf): DynamicModule {
    return {
      module: TwinModule,
      providers: [
        {
          provide: TwinLifecycle,
          useFactory: async () => new TwinLifecycle(await createTwinService(options, queriesOf)),
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
