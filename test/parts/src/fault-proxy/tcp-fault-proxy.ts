import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { FaultProxy, Flow, ProxyTarget } from './fault-proxy.js';
import { Stream, type StreamFaults } from './stream.js';

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  readonly answers: Stream;
  readonly requests: Stream;
}

export class TcpFaultProxy implements FaultProxy {
  readonly #connections = new Set<Connection>();
  readonly #answers: StreamFaults = { flow: 'forward', delayMs: 0, swallowedBytes: 0 };
  readonly #requests: StreamFaults = { flow: 'forward', delayMs: 0, swallowedBytes: 0 };
  #listener: Server | undefined;

  constructor(
    private readonly target: ProxyTarget,
    readonly port: number,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get swallowedBytes(): number {
    return this.#answers.swallowedBytes;
  }

  get heldBytes(): number {
    let bytes = 0;
    for (const { answers } of this.#connections) {
      bytes += answers.heldBytes;
    }
    return bytes;
  }

  answers(flow: Flow): void {
    this.#answers.flow = flow;
    this.#advance();
  }

  requests(flow: Flow): void {
    this.#requests.flow = flow;
    this.#advance();
  }

  delay(ms: number): void {
    this.#answers.delayMs = ms;
    this.#requests.delayMs = ms;
  }

  reset(): void {
    for (const { client, server } of this.#connections) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  cut(afterAnswerBytes = 0): void {
    for (const { answers } of this.#connections) {
      answers.cutAfter(afterAnswerBytes);
    }
  }

  async accept(): Promise<void> {
    if (this.#listener === undefined) {
      const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#join(client));
      this.#listener = listener;
      listener.listen(this.port, '127.0.0.1');
      await once(listener, 'listening');
    }
  }

  async refuse(): Promise<void> {
    // `close` stops listening at once; its callback would wait for the live connections.
    this.#listener?.close();
    this.#listener = undefined;
  }

  async close(): Promise<void> {
    await this.refuse();
    this.reset();
  }

  #join(client: Socket): void {
    const { host, port } = this.target;
    const server = connect({ host: host ?? '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    const connection: Connection = {
      client,
      server,
      answers: new Stream(server, client, this.#answers),
      requests: new Stream(client, server, this.#requests),
    };
    this.#connections.add(connection);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // A reset on one side is passed on as one; the error itself says no more than that.
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        this.#connections.delete(connection);
        other.destroySoon();
      });
    }
  }

  #advance(): void {
    for (const { answers, requests } of this.#connections) {
      answers.advance();
      requests.advance();
    }
  }
}
