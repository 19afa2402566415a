import type { identity } from '@mooring/proto';
import {
  type DynamicModule,
  Inject,
  type InjectionToken,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { createEdge, type Edge } from './edge.js';
import type { EdgeOptions } from './edge-options.js';

/** The running edge; its `mqtt` is the front that the listener hands connections to. */
export const EDGE = Symbol('Edge');

export interface EdgeModuleOptions extends Omit<EdgeOptions, 'identityService'> {
  /** Token of the IdentityService: the implementation in this process, or a client of another. */
  readonly identity: InjectionToken;
  /** Modules that provide it, unless they are global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

@Module({})
export class EdgeModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(EDGE) private readonly edge: Edge) {}

  static register({ identity: token, imports = [], ...options }: EdgeModuleOptions): DynamicModule {
    return {
      module: EdgeModule,
      imports,
      providers: [
        {
          provide: EDGE,
          inject: [token],
          useFactory: (identityService: identity.IdentityService) => createEdge({ ...options, identityService }),
        },
      ],
      exports: [EDGE],
    };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.edge.start();
  }

  /** The listener has drained the front by then. */
  onApplicationShutdown(): Promise<void> {
    return this.edge.stop();
  }
}
