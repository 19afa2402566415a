import type { Affinity } from '@mooring/affinity';
import { AmqpServer } from '@mooring/amqp';
import { createApi, EventHubsEndpoint, PolicyDirectory } from '@mooring/api';
import type { Configuration } from '@mooring/config';
import type { EventLog } from '@mooring/event-log';
import type { Listener } from '@mooring/listener';
import type { HubTopics } from '@mooring/messages';
import type { identity, monitoring } from '@mooring/proto';
import type { Lifecycle } from './lifecycle.js';
import type { Runtime } from './runtime.js';

export interface ApiContext {
  readonly configuration: Configuration;
  readonly runtime: Runtime;
  readonly lifecycle: Lifecycle;
  readonly topics: HubTopics;
  readonly log: EventLog;
  readonly affinity: Affinity;
  readonly identity: identity.IdentityService;
  readonly monitoring: monitoring.MonitoringService;
  /** Name of this process in the affinity store. */
  readonly process: string;
}

/** What back ends call, REST and the built-in endpoint, registered with a listener. @returns makes REST answer for the last time */
export async function serveApi(listener: Listener, context: ApiContext): Promise<() => void> {
  const { configuration, runtime, lifecycle, topics, log, affinity } = context;
  const { settings, resources } = configuration;
  const hostnames = [settings.hostname];
  const policies = await PolicyDirectory.open({
    identity: context.identity,
    log,
    controlTopic: topics.control,
    ...runtime,
  });
  lifecycle.onStop(() => policies.close());

  const eventHubs = await EventHubsEndpoint.open({
    log,
    affinity,
    policies,
    topics,
    consumerGroups: resources.consumerGroups,
    hostnames,
    process: context.process,
    createdAt: runtime.clock.now(),
    ...runtime,
  });
  lifecycle.onStop(() => eventHubs.close());
  const amqp = new AmqpServer({
    limits: {
      maxConnections: settings.amqpMaxConnections,
      maxLinks: settings.amqpMaxLinks,
      maxFrameBytes: settings.amqpMaxFrameBytes,
    },
    authorities: [eventHubs.authority],
    handlers: eventHubs.handlers,
    ...runtime,
  });
  policies.onChanged(() => void amqp.reviewTokens());

  const api = await createApi({
    identity: context.identity,
    policies,
    monitoring: context.monitoring,
    hostnames,
    maxBodyBytes: settings.httpMaxBodyBytes,
    ...runtime,
  });
  lifecycle.onStop(() => api.close());
  listener.serve('amqp', amqp);
  listener.serveHttp(api.front);
  return () => api.drain();
}
