import { hostname as machineName } from 'node:os';
import { DeviceSessions } from './device-session/device-sessions.js';
import { SessionWriter } from './device-session/session-writer.js';
import { EdgeMetrics } from './edge-metrics.js';
import type { EdgeOptions } from './edge-options.js';
import { MqttFront } from './mqtt/mqtt-front.js';
import { mqttLimits } from './mqtt/mqtt-limits.js';
import { PublishTracing } from './telemetry/publish-tracing.js';

/** Holds device connections and translates their protocols; keeps nothing. */
export interface Edge {
  /** For the listener to hand connections to. */
  readonly mqtt: MqttFront;
  /** Hears broadcasts and takes a lease; before the first connection. */
  start(): Promise<void>;
  /** Gives up what it holds; after the front was drained. */
  stop(): Promise<void>;
}

const DEFAULT_BATCH_INTERVAL_MS = 10;

export function createEdge(options: EdgeOptions): Edge {
  const { batchIntervalMs = DEFAULT_BATCH_INTERVAL_MS } = options;
  const { settings, topics, eventLog, identityService, affinity, clock, log } = options;
  const { hostname } = settings;
  const metrics: EdgeMetrics = new EdgeMetrics(options.metrics, () => mqtt.size);
  const sessions = new DeviceSessions({
    hostname,
    edge: settings.edgeId ?? `${machineName()}-${process.pid}`,
    identityService,
    affinity,
    eventLog,
    controlTopic: topics.control,
    clock,
    log,
    batchIntervalMs,
    onCredentials: (from) => metrics.countCredentials(from),
  });
  const mqtt: MqttFront = new MqttFront({
    hostname,
    limits: mqttLimits(settings),
    ingress: eventLog.appender(topics.ingress),
    tracing: options.tracing && new PublishTracing(options.tracing, topics.ingress),
    sessions,
    sessionWriter: new SessionWriter({ identityService, clock, batchIntervalMs }),
    metrics,
    clock,
    log,
  });
  return { mqtt, start: () => sessions.start(), stop: () => sessions.stop() };
}
