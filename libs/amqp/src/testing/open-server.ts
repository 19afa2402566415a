import type { AmqpServer } from '../amqp-server.js';
import type { LinkEndpoint, LinkHandler } from '../links/link-handler.js';
import { TestServer, type TestServerOptions } from './test-server.js';

/** Admits every token and every link, accepts what it is sent, and sends one message to who receives. */
export class OpenServer {
  /** What handlers saw: addresses, messages and outcomes. */
  readonly seen: string[] = [];
  private server: TestServer | undefined;

  static async start(options: TestServerOptions = {}): Promise<OpenServer> {
    const open = new OpenServer();
    open.server = await TestServer.start({
      authorities: [{ matches: () => true, authorise: async () => ({ expiresAt: Number.POSITIVE_INFINITY }) }],
      handlers: [open.handler()],
      ...options,
    });
    return open;
  }

  get amqp(): AmqpServer {
    return this.started.server;
  }

  count(metric: string): Promise<number> {
    return this.started.count(metric);
  }

  stop(): Promise<void> {
    return this.started.stop();
  }

  private get started(): TestServer {
    if (this.server === undefined) {
      throw new Error('the server was not started');
    }
    return this.server;
  }

  private handler(): LinkHandler {
    return {
      matches: () => true,
      attach: async ({ client, address, clientAddress }) => {
        this.seen.push(`${client} ${address} ${clientAddress}`);
        return client === 'sender' ? this.target() : this.source();
      },
    };
  }

  private target(): LinkEndpoint {
    return {
      kind: 'target',
      credit: 100,
      maxMessageBytes: 100_000,
      opened: () => undefined,
      received: (delivery) => {
        this.seen.push(delivery.payload.toString('hex'));
        delivery.accept();
      },
      closed: () => undefined,
    };
  }

  private source(): LinkEndpoint {
    let sent = false;
    let send: () => void = () => undefined;
    return {
      kind: 'source',
      opened: (link) => {
        send = () => {
          if (!sent && link.sendable()) {
            sent = true;
            link.send(Buffer.from([0, 0x53, 0x77, 0xa1, 1, 0x78]), Buffer.alloc(16, 1));
          }
        };
      },
      sendable: () => send(),
      outcome: (_delivery, outcome) => void this.seen.push(outcome),
      closed: () => undefined,
    };
  }
}
