import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Affinity, openAffinity } from '@mooring/affinity';
import { AmqpServer } from '@mooring/amqp';
import { type Clock, SystemClock } from '@mooring/clock';
import type { RightName } from '@mooring/config';
import { type EventLog, openEventLog } from '@mooring/event-log';
import { hubTopics } from '@mooring/messages';
import { createLogger, createMetrics, type Metrics } from '@mooring/observability';
import type { SharedAccessPolicy } from '../../auth/shared-access-policy.js';
import { EventHubsEndpoint } from '../event-hubs-endpoint.js';

export const TOPICS = hubTopics('mooring', 2, 7 * 24 * 60 * 60 * 1000);
export const KEY = Buffer.from('a key of the policy, 32 bytes...').toString('base64');

/** Log and affinity on which one or more readers run, as the processes of a cluster would. */
export class Cluster {
  readonly policies = new Map<string, SharedAccessPolicy>();
  private readonly servers: EventHubServer[] = [];

  private constructor(
    private readonly folder: string,
    readonly log: EventLog,
    readonly affinity: Affinity,
    readonly clock: Clock,
  ) {
    this.setPolicy('service', ['ServiceConnect'], KEY);
    this.setPolicy('registryRead', ['RegistryRead'], KEY);
  }

  static async start(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-event-hubs-'));
    const clock = new SystemClock();
    const log = await openEventLog({ kind: 'embedded', directory: folder });
    await log.ensureTopics(TOPICS.specs);
    return new Cluster(folder, log, await openAffinity({ kind: 'embedded', clock }), clock);
  }

  setPolicy(name: string, rights: readonly RightName[], key: string): void {
    this.policies.set(name, { name, rights: new Set(rights), keys: [key] });
  }

  async startServer(name: string): Promise<EventHubServer> {
    const server = await EventHubServer.start(this, name);
    this.servers.push(server);
    return server;
  }

  /** Receivers of all readers that have found their place in the log. */
  async receivers(): Promise<number> {
    let sum = 0;
    for (const { metrics } of this.servers) {
      const gauge = await metrics.getSingleMetric('mooring_api_event_receivers')?.get();
      sum += gauge?.values[0]?.value ?? 0;
    }
    return sum;
  }

  /** Appends events of one device, in order */
  async append(deviceId: string, values: readonly string[], headers: Record<string, string> = {}): Promise<void> {
    const records = values.map((value) => ({
      key: deviceId,
      headers: { 'iothub-connection-device-id': deviceId, 'iothub-message-source': 'Telemetry', ...headers },
      value: Buffer.from(value),
    }));
    await this.log.appender(TOPICS.events).appendAll(records);
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      await server.stop();
    }
    await this.affinity.close();
    await this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One reader, on a plain TCP port of the loopback interface. */
export class EventHubServer {
  private readonly sockets = new Set<Socket>();
  private readonly listener = createServer((socket) => {
    this.sockets.add(socket);
    const info = { remoteAddress: '127.0.0.1', remotePort: 1, transport: 'tcp', clientCertificates: [] } as const;
    this.amqp.accept(socket, info);
  });

  private constructor(
    readonly endpoint: EventHubsEndpoint,
    readonly amqp: AmqpServer,
    readonly metrics: Metrics,
  ) {}

  static async start({ log, affinity, policies, clock }: Cluster, name: string): Promise<EventHubServer> {
    const logger = createLogger('event-hubs-test', 'silent');
    const metrics = createMetrics();
    const endpoint = await EventHubsEndpoint.open({
      log,
      affinity,
      clock,
      logger,
      metrics,
      policies: { find: async (policy) => policies.get(policy) },
      topics: TOPICS,
      consumerGroups: ['analytics'],
      hostnames: ['127.0.0.1', 'localhost'],
      process: name,
      createdAt: Date.UTC(2026, 0, 1),
    });
    const amqp = new AmqpServer({
      clock,
      logger,
      metrics,
      authorities: [endpoint.authority],
      handlers: endpoint.handlers,
    });
    const server = new EventHubServer(endpoint, amqp, metrics);
    await new Promise<void>((resolve) => server.listener.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** For Event Hubs clients; the emulator's switch makes them speak plain TCP. */
  connectionString(policy = 'service', key = KEY): string {
    return (
      `Endpoint=sb://127.0.0.1:${this.port};SharedAccessKeyName=${policy};SharedAccessKey=${key};` +
      'EntityPath=events;UseDevelopmentEmulator=true'
    );
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => this.listener.close(resolve));
    await this.endpoint.close();
  }
}
