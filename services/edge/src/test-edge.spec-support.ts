import { duplexPair } from 'node:stream';
import { type Affinity, openAffinity } from '@mooring/affinity';
import { ManualClock } from '@mooring/clock';
import { loadConfiguration } from '@mooring/config';
import { createLogger, createMetrics, type Tracing } from '@mooring/observability';
import { Throttles, type ThrottlesOptions } from '@mooring/throttling';
import { createEdge, type Edge } from './edge.js';
import type { EdgeOptions } from './edge-options.js';
import { FakeEventLog } from './fake-event-log.spec-support.js';
import { FakeIdentity } from './fake-identity.spec-support.js';
import { FakeQueues } from './fake-queues.spec-support.js';
import { FakeTwins } from './fake-twins.spec-support.js';
import { type ConnectOptions, HOST, MqttClient } from './mqtt-client.spec-support.js';

export const SETTINGS: EdgeOptions['settings'] = {
  hostname: HOST,
  edgeId: 'edge-1',
  maxConnections: 100,
  maxTakeOvers: 20,
  maxRefusalRecords: 5,
  maxWaitingMethods: 150,
  maxMessageBytes: 256 * 1024,
  mqttConnectTimeoutSeconds: 30,
  mqttMaxConnectPacketBytes: 16 * 1024,
  mqttMaxPacketBytes: 260 * 1024,
  mqttMaxInFlight: 32,
  mqttMaxTopicLevels: 16,
  mqttMaxPropertyBagBytes: 16 * 1024,
  mqttMaxSubscriptions: 16,
  mqttMaxKeepAliveSeconds: 1177,
  mqttWriteTimeoutSeconds: 60,
};

export interface TestEdgeOptions {
  readonly settings?: Partial<EdgeOptions['settings']>;
  /** Of another edge, to be its neighbour. */
  readonly beside?: TestEdge;
  readonly affinity?: Affinity;
  readonly tracing?: Tracing;
  /** Limits of the hub, as environment variables without their prefix; absent: nothing is throttled. */
  readonly throttling?: Readonly<Record<string, string>>;
  readonly more?: Partial<
    Pick<
      EdgeOptions,
      | 'quota'
      | 'peers'
      | 'deliveryPeers'
      | 'address'
      | 'monitoringService'
      | 'operations'
      | 'twinService'
      | 'c2dQueueService'
    >
  >;
}

/** An edge with all around it in memory, one device `d1`, and a clock that stands still. */
export class TestEdge {
  readonly metrics = createMetrics();
  private constructor(
    readonly edge: Edge,
    readonly clock: ManualClock,
    readonly identity: FakeIdentity,
    readonly eventLog: FakeEventLog,
    readonly affinity: Affinity,
  ) {}

  static async start({
    settings,
    beside,
    affinity,
    tracing,
    throttling,
    more,
  }: TestEdgeOptions = {}): Promise<TestEdge> {
    const clock = beside?.clock ?? new ManualClock();
    const identity = beside?.identity ?? new FakeIdentity();
    const eventLog = new FakeEventLog();
    const shared = affinity ?? beside?.affinity ?? (await openAffinity({ kind: 'embedded', clock }));
    const metrics = createMetrics();
    const edge = createEdge({
      settings: { ...SETTINGS, ...settings },
      topics: { ingress: 'ingress', control: 'control' },
      identityService: identity,
      eventLog,
      affinity: shared,
      clock,
      log: createLogger('test', 'silent'),
      metrics,
      tracing,
      throttles: throttling && openThrottles(throttling, { clock, metrics }),
      batchIntervalMs: 0,
      twinService: new FakeTwins(),
      c2dQueueService: new FakeQueues(),
      ...more,
    });
    await edge.start();
    if (beside === undefined) {
      identity.put('d1');
      identity.put('d2');
      identity.put('d1/m1');
    }
    eventLog.beat();
    return Object.assign(new TestEdge(edge, clock, identity, eventLog, shared), { metrics });
  }

  get ingress() {
    return this.eventLog.appender('ingress');
  }

  /** A new connection; nothing is sent yet. */
  open(certificates: readonly Buffer[] = [], highWaterMark?: number): MqttClient {
    const [client, server] = duplexPair(highWaterMark === undefined ? {} : { highWaterMark });
    client.on('close', () => server.destroy());
    this.edge.mqtt.accept(server, {
      remoteAddress: '192.0.2.1',
      remotePort: 50_000,
      transport: 'tls',
      clientCertificates: certificates,
    });
    return new MqttClient(client);
  }

  /** A connection that is admitted. */
  async connected(options: ConnectOptions = {}): Promise<MqttClient> {
    const client = this.open();
    const answer = await client.connect(options);
    if (answer?.returnCode !== 0) {
      throw new Error(`not admitted: ${answer?.returnCode}`);
    }
    return client;
  }

  /** Lets time pass, second by second, with identity's beat unless told otherwise. */
  async pass(seconds: number, { beating = true } = {}): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1_000);
      if (beating) {
        this.eventLog.beat();
      }
      await turn();
    }
  }

  async metric(name: string): Promise<string> {
    return (await this.metrics.metrics())
      .split('\n')
      .filter((line) => line.startsWith(name))
      .join('\n');
  }

  async stop(): Promise<void> {
    const drained = this.edge.mqtt.drain(0);
    this.clock.advance(1);
    await drained;
    await this.edge.stop();
  }
}

function openThrottles(limits: Readonly<Record<string, string>>, parts: Omit<ThrottlesOptions, 'settings'>) {
  const variables = Object.entries(limits).map(([name, value]) => [`MOORING_${name}`, value]);
  const { settings } = loadConfiguration({ MOORING_THROTTLING: 'true', ...Object.fromEntries(variables) });
  return Throttles.open({ settings, ...parts });
}

/** Lets all that is ready happen. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets things happen until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const TELEMETRY = 'devices/d1/messages/events/';
