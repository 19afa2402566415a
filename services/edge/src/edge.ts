import { hostname as machineName } from 'node:os';
import type { DirectMethods } from '@mooring/direct-methods';
import type { edge as contract } from '@mooring/proto';
import type { AmqpContext } from './amqp/amqp-context.js';
import { DeviceAmqp } from './amqp/device-amqp.js';
import { AmqpFaults } from './amqp/faults/amqp-faults.js';
import { createDeliveries, type Deliveries } from './delivery/create-deliveries.js';
import { DeviceSessions } from './device-session/device-sessions.js';
import { SessionWriter } from './device-session/session-writer.js';
import { EdgeMetrics } from './edge-metrics.js';
import type { EdgeOptions } from './edge-options.js';
import { FaultInjection, injectedFaults } from './fault-injection/fault-injection.js';
import { type DeviceHttp, openDeviceHttp } from './http/device-http.js';
import { HttpFaults } from './http/faults/http-faults.js';
import { HttpMetrics } from './http/request/http-metrics.js';
import { MqttFaults } from './mqtt/faults/mqtt-faults.js';
import { MqttFront } from './mqtt/mqtt-front.js';
import { mqttLimits } from './mqtt/mqtt-limits.js';
import { EdgeContract } from './peer/edge-contract.js';
import { PeerEdges } from './peer/peer-edges.js';
import { EdgeReports } from './reports/edge-reports.js';
import { PublishTracing } from './telemetry/publish-tracing.js';
import { DeviceThrottles } from './throttling/device-throttles.js';

/** Holds device connections and translates their protocols; keeps nothing. */
export interface Edge {
  /** For the listener to hand connections to. */
  readonly mqtt: MqttFront;
  /** Of devices and modules, for an `AmqpServer` to carry. */
  readonly amqp: DeviceAmqp;
  /**
   * Makes what serves HTTP requests of devices; once, after `start`.
   * @param methods for modules that call methods; undefined: they cannot
   */
  openHttp(methods: DirectMethods | undefined): Promise<DeviceHttp>;
  /** What other processes of the hub ask of this one, to be served by gRPC at its address. */
  readonly contract: contract.EdgeService;
  /** What services of the hub have for devices that are connected here, to be served by gRPC at its address. */
  readonly delivery: contract.DeliveryService;
  /** Hears broadcasts and takes a lease; before the first connection. */
  start(): Promise<void>;
  /** Gives up what it holds; after the front was drained. */
  stop(): Promise<void>;
}

const DEFAULT_BATCH_INTERVAL_MS = 10;

export function createEdge(options: EdgeOptions): Edge {
  const { batchIntervalMs = DEFAULT_BATCH_INTERVAL_MS } = options;
  const { settings, topics, eventLog, identityService, affinity, peers, address, clock, log } = options;
  const { hostname } = settings;
  const throttles = options.throttles && new DeviceThrottles(options.throttles);
  const edge = settings.edgeId ?? `${machineName()}-${process.pid}`;
  const metrics: EdgeMetrics = new EdgeMetrics(options.metrics, () => mqtt.size + amqp.size);
  const reports: EdgeReports = new EdgeReports({
    monitoringService: options.monitoringService,
    recorder: options.operations,
    maxRefusalRecords: settings.maxRefusalRecords,
    edge,
    sessions: () => sessions,
    metrics,
    registry: options.metrics,
    clock,
    log,
  });
  const sessions: DeviceSessions = new DeviceSessions({
    hostname,
    edge,
    address,
    otherEdges: peers === undefined ? undefined : new PeerEdges({ peers, affinity }),
    maxTakeOvers: settings.maxTakeOvers,
    identityService,
    affinity,
    eventLog,
    controlTopic: topics.control,
    throttles,
    clock,
    log,
    batchIntervalMs,
    events: reports,
    onRegained: (since) => deliveries.catchUp.begin(since),
    onCredentials: (from) => metrics.countCredentials(from),
  });
  const deliveries: Deliveries = createDeliveries(options, {
    edge,
    throttles,
    live: sessions.live,
    operations: reports.deliveries,
  });
  const injected = injectedFaults(options.metrics);
  const injection = settings.faultInjection === true ? new FaultInjection({ clock, log, injected }) : undefined;
  const shared: Omit<AmqpContext, 'faults'> = {
    hostname,
    maxMessageBytes: settings.maxMessageBytes,
    ingress: eventLog.appender(topics.ingress),
    tracing: options.tracing && new PublishTracing(options.tracing, topics.ingress),
    sessions,
    twins: deliveries.twins,
    methodReplies: deliveries.methodReplies,
    messages: deliveries.messages,
    throttles,
    quota: options.quota,
    telemetryOperations: reports.telemetry,
    metrics,
    operations: reports.operations,
    clock,
    log,
  };
  const mqtt: MqttFront = new MqttFront({
    ...shared,
    faults: injection && new MqttFaults(injection),
    limits: mqttLimits(settings),
    sessionWriter: new SessionWriter({ identityService, clock, batchIntervalMs }),
  });
  const amqp = new DeviceAmqp({ ...shared, faults: injection && new AmqpFaults(injection) });
  return {
    mqtt,
    amqp,
    openHttp: (methods) =>
      openDeviceHttp({
        ...shared,
        faults: injection && new HttpFaults(injection),
        methods,
        activity: reports,
        requests: new HttpMetrics(options.metrics),
      }),
    contract: new EdgeContract(sessions.olderConnections),
    delivery: deliveries.service,
    start: async () => {
      await sessions.start();
      reports.start();
    },
    stop: async () => {
      deliveries.stop();
      await reports.stop();
      await sessions.stop();
    },
  };
}
