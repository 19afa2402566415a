import { type DynamicModule, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createMonitoringService, type MonitoringRuntime } from './create-monitoring-service.js';
import type { MonitoringOptions } from './options.js';

/** Injects the contract, a `monitoring.MonitoringService`; no caller can tell whether it is in the same process. */
export const MONITORING_SERVICE = Symbol('MonitoringService');

/** Monitoring as a service: starts with the process and stops with it, before the stores are closed. */
class MonitoringLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(readonly runtime: MonitoringRuntime) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runtime.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.stop();
  }
}

@Module({})
export class MonitoringModule {
  static register(options: MonitoringOptions): DynamicModule {
    return {
      module: MonitoringModule,
      providers: [
        {
          provide: MonitoringLifecycle,
          useFactory: async () => new MonitoringLifecycle(await createMonitoringService(options)),
        },
        {
          provide: MONITORING_SERVICE,
          inject: [MonitoringLifecycle],
          useFactory: ({ runtime }: MonitoringLifecycle) => runtime.service,
        },
      ],
      exports: [MONITORING_SERVICE],
    };
  }
}
