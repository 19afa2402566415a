import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { EventHubsEndpoint } from './event-hubs-endpoint.js';
import type { EventHubsOptions } from './event-hubs-options.js';

@Injectable()
class EventHubsShutdown implements OnApplicationShutdown {
  constructor(private readonly endpoint: EventHubsEndpoint) {}

  async onApplicationShutdown(): Promise<void> {
    await this.endpoint.close();
  }
}

/** Provides the `EventHubsEndpoint`, opened, and closes it with the application. */
@Module({})
export class EventHubsModule {
  static register(options: EventHubsOptions): DynamicModule {
    return {
      module: EventHubsModule,
      providers: [{ provide: EventHubsEndpoint, useFactory: () => EventHubsEndpoint.open(options) }, EventHubsShutdown],
      exports: [EventHubsEndpoint],
    };
  }
}
