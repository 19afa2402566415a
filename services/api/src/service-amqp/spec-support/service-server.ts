import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { AmqpServer, type LinkHandler, type TokenAuthority } from '@mooring/amqp';
import { type Clock, SystemClock } from '@mooring/clock';
import type { RightName } from '@mooring/config';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { createLogger, createMetrics, type Metrics } from '@mooring/observability';
import rhea, { type Connection, type ConnectionOptions } from 'rhea';
import { type BearerTokens, NO_BEARER_TOKENS } from '../../auth/bearer/bearer-tokens.js';
import type { SharedAccessPolicy } from '../../auth/shared-access-policy.js';
import { ServiceAmqp } from '../service-amqp.js';
import { FakeQueue } from './fake-queue.js';

export const HOST = 'localhost';
export const KEY = Buffer.from('a key of the policy, 32 bytes...').toString('base64');

export interface ServiceServerOptions {
  readonly clock?: Clock;
  readonly bearerTokens?: BearerTokens;
  /** PEM; plain TCP without. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Of another front on the same server. */
  readonly beside?: { readonly authority: TokenAuthority; readonly handlers: readonly LinkHandler[] };
  readonly policies?: Map<string, SharedAccessPolicy>;
}

/** The service front on a free port of the loopback interface. */
export class ServiceServer {
  readonly queue = new FakeQueue();
  readonly metrics: Metrics = createMetrics();
  readonly policies: Map<string, SharedAccessPolicy>;
  readonly amqp: AmqpServer;
  private readonly clock: Clock;
  private readonly front: ServiceAmqp;
  private readonly sockets = new Set<Socket>();
  private readonly listener: Server;
  private port = 0;

  private constructor(options: ServiceServerOptions) {
    this.clock = options.clock ?? new SystemClock();
    this.policies = options.policies ?? new Map();
    this.setPolicy('service', ['ServiceConnect']);
    this.setPolicy('registryRead', ['RegistryRead']);
    this.listener = options.tls === undefined ? createServer() : createTlsServer(options.tls);
    const shared = { clock: this.clock, logger: createLogger('service-amqp-test', 'silent'), metrics: this.metrics };
    const port = (): number => this.port;
    this.front = ServiceAmqp.open({
      ...shared,
      c2dQueue: this.queue,
      policies: { find: async (name) => this.policies.get(name) },
      bearerTokens: options.bearerTokens ?? NO_BEARER_TOKENS,
      hostnames: [HOST],
      hubName: HOST,
      feedbackLockMs: 60_000,
      eventHub: {
        host: HOST,
        get port() {
          return port();
        },
        entity: 'events',
      },
    });
    this.amqp = new AmqpServer({
      ...shared,
      authorities: [...this.front.authorities, ...(options.beside === undefined ? [] : [options.beside.authority])],
      handlers: [...(options.beside?.handlers ?? []), ...this.front.handlers],
      limits: { maxLinks: 1_000 },
    });
  }

  static async start(options: ServiceServerOptions = {}): Promise<ServiceServer> {
    const server = new ServiceServer(options);
    const { listener } = server;
    listener.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) =>
      server.accept(socket),
    );
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    server.port = (listener.address() as AddressInfo).port;
    return server;
  }

  get address(): string {
    return `${HOST}:${this.port}`;
  }

  setPolicy(name: string, rights: readonly RightName[], key = KEY): void {
    this.policies.set(name, { name, rights: new Set(rights), keys: [key] });
  }

  token(policy = 'service', resource = HOST, seconds = 600): string {
    const se = Math.floor(this.clock.now() / 1000) + seconds;
    return createSasToken({ resource, key: sasKeyFromBase64(KEY), se, policy });
  }

  /** A client of rhea's, which does not connect again by itself. Without a user it speaks bare AMQP. */
  connect(options: Partial<ConnectionOptions> = {}): Connection {
    const container = rhea.create_container();
    for (const event of ['disconnected', 'connection_error', 'error', 'receiver_error', 'sender_error', 'rejected']) {
      container.on(event, () => undefined);
    }
    const to = { host: '127.0.0.1', hostname: HOST, port: this.port, reconnect: false, ...options };
    return container.connect(to as ConnectionOptions);
  }

  /** The value of a counter for some labels. */
  async count(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const metric = await this.metrics.getSingleMetric(name)?.get();
    const values = metric?.values.filter((value) =>
      Object.entries(labels).every(([label, text]) => (value.labels as Record<string, unknown>)[label] === text),
    );
    return values?.reduce((sum, { value }) => sum + value, 0) ?? 0;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.listener.close(resolve));
    await this.front.close();
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    const info = { remoteAddress: '127.0.0.1', remotePort: 1, transport: 'tcp', clientCertificates: [] } as const;
    this.amqp.accept(socket, info);
  }
}
