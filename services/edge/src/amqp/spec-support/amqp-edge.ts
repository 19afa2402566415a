import { type AddressInfo, createServer, type Socket } from 'node:net';
import { AmqpServer } from '@mooring/amqp';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { createLogger } from '@mooring/observability';
import rhea, { type Connection, type ConnectionOptions } from 'rhea';
import { KEY } from '../../fake-identity.spec-support.js';
import { HOST } from '../../mqtt-client.spec-support.js';
import { TestEdge, type TestEdgeOptions } from '../../test-edge.spec-support.js';

/** An edge whose devices come over AMQP, on a free port of the loopback interface. */
export class AmqpEdge {
  /** Of the next connections' TLS handshakes. */
  certificates: readonly Buffer[] = [];
  readonly amqp: AmqpServer;
  private readonly sockets = new Set<Socket>();
  private readonly listener = createServer((socket) => {
    this.sockets.add(socket);
    const { certificates: clientCertificates } = this;
    this.amqp.accept(socket, { remoteAddress: '192.0.2.1', remotePort: 1, transport: 'tls', clientCertificates });
  });

  private constructor(readonly test: TestEdge) {
    const { clock, metrics, edge } = test;
    const { authorities, handlers } = edge.amqp;
    this.amqp = new AmqpServer({ clock, metrics, logger: createLogger('test', 'silent'), authorities, handlers });
  }

  static async start(options: TestEdgeOptions = {}): Promise<AmqpEdge> {
    const edge = new AmqpEdge(await TestEdge.start(options));
    await new Promise<void>((resolve) => edge.listener.listen(0, '127.0.0.1', resolve));
    return edge;
  }

  /** A client that does not connect again by itself. Without a user it speaks bare AMQP. */
  connect(options: Partial<ConnectionOptions> = {}): Connection {
    const container = rhea.create_container();
    for (const event of ['disconnected', 'connection_error', 'error', 'receiver_error', 'sender_error', 'rejected']) {
      container.on(event, () => undefined);
    }
    const { port } = this.listener.address() as AddressInfo;
    return container.connect({ host: '127.0.0.1', hostname: HOST, port, reconnect: false, ...options } as never);
  }

  token({ name = 'd1', key = KEY, seconds = 600, policy }: TokenOptions = {}): string {
    const se = Math.floor(this.test.clock.now() / 1000) + seconds;
    const resource = name === '' ? `${HOST}/devices` : `${HOST}/devices/${name.replace('/', '/modules/')}`;
    return createSasToken({ resource, key: sasKeyFromBase64(key), se, ...(policy === undefined ? {} : { policy }) });
  }

  /** A token of a policy for the whole hub, as .NET's connection pool puts it. */
  hubToken(policy: string, key: string): string {
    const se = Math.floor(this.test.clock.now() / 1000) + 600;
    return createSasToken({ resource: HOST, key: sasKeyFromBase64(key), se, policy });
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => this.listener.close(resolve));
    const drained = this.amqp.drain(0);
    this.test.clock.advance(1);
    await drained;
    await this.test.stop();
  }
}

export interface TokenOptions {
  /** `device` or `device/module`; empty for all devices. */
  readonly name?: string;
  readonly key?: string;
  readonly seconds?: number;
  readonly policy?: string;
}
