import type { Affinity } from '@mooring/affinity';
import {
  createApi,
  EVENT_HUBS_ENTITY,
  EventHubsEndpoint,
  openBearerTokens,
  PolicyDirectory,
  ServiceAmqp,
} from '@mooring/api';
import type { Configuration } from '@mooring/config';
import type { DirectMethods } from '@mooring/direct-methods';
import type { DeviceHttp } from '@mooring/edge';
import type { EventLog } from '@mooring/event-log';
import type { Listener } from '@mooring/listener';
import type { HubTopics } from '@mooring/messages';
import type { DailyQuota, Throttles } from '@mooring/throttling';
import { type AmqpFront, amqpServer } from './amqp-server.js';
import { httpServing } from './http-front.js';
import { hubName } from './hub-name.js';
import type { Lifecycle } from './lifecycle.js';
import type { Runtime } from './runtime.js';
import type { Contracts } from './serve-contracts.js';

export interface ApiContext {
  readonly configuration: Configuration;
  readonly runtime: Runtime;
  readonly lifecycle: Lifecycle;
  readonly topics: HubTopics;
  readonly log: EventLog;
  readonly affinity: Affinity;
  readonly methods: DirectMethods;
  readonly contracts: Contracts;
  /** Undefined if there is no daily quota. */
  readonly quota: DailyQuota | undefined;
  /** Undefined if nothing is throttled. */
  readonly throttles: Throttles | undefined;
  /** What is served to devices over AMQP, if this process does. */
  readonly deviceAmqp: AmqpFront | undefined;
  /** The same over HTTP. */
  readonly deviceHttp: DeviceHttp | undefined;
  /** Name of this process in the affinity store. */
  readonly process: string;
}

/** What back ends call, REST, service AMQP and the built-in endpoint, registered with a listener. @returns makes REST answer for the last time */
export async function serveApi(listener: Listener, context: ApiContext): Promise<() => void> {
  const { configuration, runtime, lifecycle, topics, log, affinity, contracts } = context;
  const { settings, resources } = configuration;
  const { clock } = runtime;
  const hostnames = [settings.hostname];
  const policies = await PolicyDirectory.open({
    identity: contracts.identity,
    log,
    controlTopic: topics.control,
    ...runtime,
  });
  lifecycle.onStop(() => policies.close());
  const bearerTokens = openBearerTokens({ issuer: settings.oidcIssuer, audience: settings.oidcAudience, clock });

  const eventHubs = await EventHubsEndpoint.open({
    log,
    affinity,
    policies,
    topics,
    consumerGroups: resources.consumerGroups,
    hostnames,
    process: context.process,
    createdAt: clock.now(),
    ...runtime,
  });
  lifecycle.onStop(() => eventHubs.close());
  const serviceAmqp = ServiceAmqp.open({
    c2dQueue: contracts.c2dQueue,
    policies,
    bearerTokens,
    hostnames,
    hubName: hubName(settings.hostname),
    feedbackLockMs: settings.feedbackLockSeconds * 1000,
    throttles: context.throttles,
    quota: context.quota,
    eventHub: { host: settings.hostname, port: settings.amqpsPort, entity: EVENT_HUBS_ENTITY },
    ...runtime,
  });
  lifecycle.onStop(() => serviceAmqp.close());
  const amqp = amqpServer(settings, runtime, [
    ...(context.deviceAmqp === undefined ? [] : [context.deviceAmqp]),
    serviceAmqp,
    { authorities: [eventHubs.authority], handlers: eventHubs.handlers },
  ]);
  policies.onChanged(() => void amqp.reviewTokens());

  const { identity: identityService, monitoring: monitoringService, twin: twinService, c2dQueue } = contracts;
  const api = await createApi({
    identity: identityService,
    policies,
    bearerTokens,
    monitoring: monitoringService,
    twin: twinService,
    methods: context.methods,
    c2dQueue,
    hostnames,
    maxBodyBytes: settings.httpMaxBodyBytes,
    throttles: context.throttles,
    quota: context.quota,
    ...runtime,
  });
  lifecycle.onStop(() => api.close());
  listener.serve('amqp', amqp);
  const http = httpServing(context.deviceHttp, api);
  listener.serveHttp(http.front);
  return () => http.drain();
}
