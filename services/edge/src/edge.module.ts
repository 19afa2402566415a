import type { identity, monitoring } from '@mooring/proto';
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

/**
 * The running edge; its `mqtt` is the front that the listener hands connections to, its `contract` what other processes ask of
 * it.
 */
export const EDGE = Symbol('Edge');

export interface EdgeModuleOptions extends Omit<EdgeOptions, 'identityService' | 'monitoringService'> {
  /** Token of the IdentityService: the implementation in this process, or a client of another. */
  readonly identity: InjectionToken;
  /** Token of the MonitoringService; absent: nobody is told of connections. */
  readonly monitoring?: InjectionToken | undefined;
  /** Modules that provide them, unless they are global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

@Module({})
export class EdgeModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(EDGE) private readonly edge: Edge) {}

  static register({
    identity: identityToken,
    monitoring: monitoringToken,
    imports = [],
    ...options
  }: EdgeModuleOptions): DynamicModule {
    return {
      module: EdgeModule,
      imports,
      providers: [
        {
          provide: EDGE,
          inject: monitoringToken === undefined ? [identityToken] : [identityToken, monitoringToken],
          useFactory: (
            identityService: identity.IdentityService,
            monitoringService: monitoring.MonitoringService | undefined,
          ) => createEdge({ ...options, identityService, monitoringService }),
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
