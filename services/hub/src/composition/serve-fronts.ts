import type { Affinity } from '@mooring/affinity';
import type { Configuration } from '@mooring/config';
import type { DeviceLocator } from '@mooring/delivery';
import { DirectMethods } from '@mooring/direct-methods';
import type { Edge } from '@mooring/edge';
import type { EventLog } from '@mooring/event-log';
import { Listener } from '@mooring/listener';
import type { HubTopics } from '@mooring/messages';
import type { OperationRecorder } from '@mooring/operations';
import type { DailyQuota, Throttles } from '@mooring/throttling';
import type { DataFolder } from '../data-folder/data-folder.js';
import { amqpServer } from './amqp-server.js';
import { serveApi } from './api-fronts.js';
import type { Lifecycle } from './lifecycle.js';
import { chooseHttpsPort, listenerOptions } from './listener-options.js';
import type { Runtime } from './runtime.js';
import type { Contracts } from './serve-contracts.js';
import { serverCertificate } from './server-certificate.js';
import type { Services } from './service-name.js';

export interface FrontsContext {
  readonly configuration: Configuration;
  readonly services: Services;
  /** Used instead of the HTTPS port where the right to bind that is missing. */
  readonly unprivilegedHttpsPort: number | undefined;
  readonly runtime: Runtime;
  readonly lifecycle: Lifecycle;
  readonly folder: DataFolder;
  readonly topics: HubTopics;
  readonly log: EventLog;
  readonly affinity: Affinity;
  readonly locator: DeviceLocator;
  readonly operations: OperationRecorder;
  /** Undefined if there is no daily quota. */
  readonly quota: DailyQuota | undefined;
  /** Undefined if nothing is throttled. */
  readonly throttles: Throttles | undefined;
  readonly contracts: Contracts;
  /** Where this process holds one. */
  readonly edge: Edge | undefined;
  /** Name of this process in the affinity store. */
  readonly process: string;
}

/** Listens for devices, where there is an edge, and for back ends, where there is an api: on the same ports. */
export async function serveFronts(context: FrontsContext) {
  const { configuration, services, runtime, lifecycle, folder, contracts, edge } = context;
  const { settings } = configuration;
  const certificate = await serverCertificate(settings, folder, runtime.clock.now());
  const httpsPort = await chooseHttpsPort(settings, context.unprivilegedHttpsPort);
  const listener = new Listener(listenerOptions({ settings, httpsPort, tls: certificate, ...runtime }));
  const methods = new DirectMethods({
    locator: context.locator,
    directory: contracts.directory,
    operations: context.operations,
    maxWaiting: settings.maxWaitingMethods,
    ...runtime,
  });
  const deviceHttp = await edge?.openHttp(methods);
  if (edge !== undefined && deviceHttp !== undefined) {
    lifecycle.onStop(() => deviceHttp.close());
    listener.serve('mqtt', edge.mqtt);
    if (!services.has('api')) {
      listener.serve('amqp', amqpServer(settings, runtime, [edge.amqp]));
      listener.serveHttp(deviceHttp.front);
    }
  }
  const drainHttp = services.has('api')
    ? await serveApi(listener, { ...context, methods, deviceAmqp: edge?.amqp, deviceHttp })
    : () => deviceHttp?.drain();
  const ports = await listener.listen();
  lifecycle.onStop(async () => {
    drainHttp();
    await listener.drain(settings.drainSeconds * 1000);
  });
  return { ports, authority: certificate.authority };
}
