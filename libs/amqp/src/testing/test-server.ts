import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Clock, SystemClock } from '@mooring/clock';
import { createLogger, createMetrics, type Metrics } from '@mooring/observability';
import rhea, { type Connection, type ConnectionOptions } from 'rhea';
import type { AmqpLimits } from '../amqp-limits.js';
import { AmqpServer } from '../amqp-server.js';
import type { TokenAuthority } from '../cbs/token-authority.js';
import type { LinkHandler } from '../links/link-handler.js';

export interface TestServerOptions {
  readonly handlers?: readonly LinkHandler[];
  readonly authorities?: readonly TokenAuthority[];
  readonly limits?: Partial<AmqpLimits>;
  readonly clock?: Clock;
}

/** An AMQP server on a free port of the loopback interface, with the sockets that it has accepted. */
export class TestServer {
  readonly metrics: Metrics = createMetrics();
  readonly server: AmqpServer;
  readonly sockets: Socket[] = [];
  private readonly listener = createServer((socket) => {
    this.sockets.push(socket);
    this.server.accept(socket, { remoteAddress: '127.0.0.1', remotePort: 1, transport: 'tcp', clientCertificates: [] });
  });

  private constructor(options: TestServerOptions) {
    this.server = new AmqpServer({
      clock: options.clock ?? new SystemClock(),
      logger: createLogger('amqp-test', 'silent'),
      metrics: this.metrics,
      handlers: options.handlers ?? [],
      authorities: options.authorities ?? [],
      limits: options.limits ?? {},
    });
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(options);
    await new Promise<void>((resolve) => server.listener.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** A client of rhea's, which does not connect again by itself. */
  connect(options: Partial<ConnectionOptions> = {}): Connection {
    const container = rhea.create_container();
    container.on('disconnected', () => undefined);
    container.on('connection_error', () => undefined);
    container.on('error', () => undefined);
    return container.connect({ host: '127.0.0.1', port: this.port, reconnect: false, ...options } as ConnectionOptions);
  }

  /** The value of a counter, over all its labels or for one. */
  async count(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const metric = await this.metrics.getSingleMetric(name)?.get();
    const wanted = Object.entries(labels);
    const values = metric?.values.filter((value) =>
      wanted.every(([label, text]) => (value.labels as Record<string, unknown>)[label] === text),
    );
    return values?.reduce((sum, value) => sum + value.value, 0) ?? 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => this.listener.close(resolve));
  }
}

/** Resolves with an event's context. */
export function once<T = Record<string, never>>(emitter: NodeJS.EventEmitter, event: string): Promise<T> {
  return new Promise((resolve) => emitter.once(event, resolve));
}
