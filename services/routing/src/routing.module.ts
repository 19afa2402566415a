import type { EventLog } from '@mooring/event-log';
import { type HubTopics, MESSAGE_SOURCE } from '@mooring/messages';
import type { Metrics, Tracing } from '@mooring/observability';
import { type DynamicModule, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Dispatcher } from './dispatcher.js';
import { routeBySource } from './domain/route.js';
import { BuiltInEndpoint } from './endpoints/built-in-endpoint.js';

export interface RoutingOptions {
  readonly log: EventLog;
  readonly metrics: Metrics;
  /** Undefined if nothing is traced. */
  readonly tracing?: Tracing | undefined;
  readonly topics: HubTopics;
}

/** Routing as a service: starts with the process and stops with it, before the event log is closed. */
export class Routing implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly dispatcher: Dispatcher;

  constructor(private readonly options: RoutingOptions) {
    const { log, metrics, tracing, topics } = options;
    this.dispatcher = new Dispatcher({
      log,
      metrics,
      tracing,
      ingress: topics.ingress,
      groupPrefix: `${topics.ingress}.routing`,
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { log, topics } = this.options;
    // Without a route that says otherwise the built-in endpoint gets telemetry and twin changes, nothing else.
    await this.dispatcher.feed(new BuiltInEndpoint(log.appender(topics.events)), [
      routeBySource([MESSAGE_SOURCE.telemetry, MESSAGE_SOURCE.twinChange]),
    ]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.close();
  }
}

@Module({})
export class RoutingModule {
  static register(options: RoutingOptions): DynamicModule {
    return { module: RoutingModule, providers: [{ provide: Routing, useFactory: () => new Routing(options) }] };
  }
}
