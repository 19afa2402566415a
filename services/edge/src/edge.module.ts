import type { c2dqueue, identity, monitoring, twin } from '@mooring/proto';
import {
  type DynamicModule,
  Inject,
  type InjectionToken,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OptionalFactoryDependency,
} from '@nestjs/common';
import { createEdge, type Edge } from './edge.js';
import type { EdgeOptions } from './edge-options.js';

/**
 * The running edge; its `mqtt` is the front that the listener hands connections to, its `contract` and `delivery` what other
 * processes ask of it.
 */
export const EDGE = Symbol('Edge');

const NOBODY = Symbol('nobody provides this');

export interface EdgeModuleOptions
  extends Omit<EdgeOptions, 'identityService' | 'monitoringService' | 'twinService' | 'c2dQueueService'> {
  /** Token of the IdentityService: the implementation in this process, or a client of another. */
  readonly identity: InjectionToken;
  /** Token of the MonitoringService; absent: nobody is told of connections. */
  readonly monitoring?: InjectionToken | undefined;
  readonly twin: InjectionToken;
  readonly c2dQueue: InjectionToken;
  /** Modules that provide them, unless they are global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

@Module({})
export class EdgeModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(EDGE) private readonly edge: Edge) {}

  static register({
    identity: identityToken,
    monitoring: monitoringToken,
    twin: twinToken,
    c2dQueue: c2dQueueToken,
    imports = [],
    ...options
  }: EdgeModuleOptions): DynamicModule {
    return {
      module: EdgeModule,
      imports,
      providers: [
        {
          provide: EDGE,
          inject: [identityToken, twinToken, c2dQueueToken, orNothing(monitoringToken)],
          useFactory: (
            identityService: identity.IdentityService,
            twinService: twin.TwinService,
            c2dQueueService: c2dqueue.C2dQueueService,
            monitoringService: monitoring.MonitoringService | undefined,
          ) => createEdge({ ...options, identityService, monitoringService, twinService, c2dQueueService }),
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

/** What Nest gives for a token that is absent: undefined. */
function orNothing(token: InjectionToken | undefined): OptionalFactoryDependency {
  return { token: token ?? NOBODY, optional: true };
}
