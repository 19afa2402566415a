import { type DynamicModule, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createIdentityService, type IdentityRuntime } from './create-identity-service.js';
import type { IdentityOptions } from './options.js';

/** Injects the contract, an `identity.IdentityService`; no caller can tell whether it is in the same process. */
export const IDENTITY_SERVICE = Symbol('IdentityService');

/** Injects the contract for services that depend on identities, an `identity.DirectoryService`. */
export const DIRECTORY_SERVICE = Symbol('DirectoryService');

/** Identity as a service: starts with the process and stops with it, before the stores are closed. */
class IdentityLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(readonly runtime: IdentityRuntime) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runtime.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.stop();
  }
}

@Module({})
export class IdentityModule {
  static register(options: IdentityOptions): DynamicModule {
    return {
      module: IdentityModule,
      providers: [
        {
          provide: IdentityLifecycle,
          useFactory: async () => new IdentityLifecycle(await createIdentityService(options)),
        },
        {
          provide: IDENTITY_SERVICE,
          inject: [IdentityLifecycle],
          useFactory: ({ runtime }: IdentityLifecycle) => runtime.service,
        },
        {
          provide: DIRECTORY_SERVICE,
          inject: [IdentityLifecycle],
          useFactory: ({ runtime }: IdentityLifecycle) => runtime.directory,
        },
      ],
      exports: [IDENTITY_SERVICE, DIRECTORY_SERVICE],
    };
  }
}
