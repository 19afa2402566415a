import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@mooring/test-parts';
import { decodeTraces, type ReceivedSpan } from './otlp-traces.js';

/** A collector of traces: takes OTLP over HTTP, as protobuf, on a loopback port. */
export class TraceCollector {
  readonly spans: ReceivedSpan[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TraceCollector> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const isTraces = request.method === 'POST' && request.url === '/v1/traces';
        if (isTraces) {
          collector.spans.push(...decodeTraces(Buffer.concat(chunks)));
        }
        response.writeHead(isTraces ? 200 : 404, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    const collector = new TraceCollector(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Waits for a number of spans with a name, of one trace if that is given. */
  async named(name: string, count: number, traceId?: string): Promise<readonly ReceivedSpan[]> {
    const found = () =>
      this.spans.filter((span) => span.name === name && (traceId === undefined || span.traceId === traceId));
    await until(() => found().length >= count, { what: `${count} spans ${name}`, timeoutMs: 20_000 });
    return found();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
