import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@mooring/clock';
import type { Metrics } from '@mooring/observability';
import { type ReadinessCheck, readiness } from './readiness.js';

export interface AdminServerOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly checks: readonly ReadinessCheck[];
}

/** Health and metrics over plain HTTP, for probes and Prometheus; never for devices or back ends. */
export class AdminServer {
  private readonly server: Server;

  constructor(private readonly options: AdminServerOptions) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end(`${error}\n`);
      });
    });
  }

  /** @returns the port that is listened on */
  async listen(port: number, address: string): Promise<number> {
    this.server.listen(port, address);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const { clock, metrics, checks } = this.options;
    switch (request.url?.split('?', 1)[0]) {
      case '/health/live':
        sendJson(response, 200, { status: 'live' });
        return;
      case '/health/ready': {
        const { ready, deficiencies } = await readiness(checks, clock);
        sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', deficiencies });
        return;
      }
      case '/metrics':
        response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics());
        return;
      default:
        response.writeHead(404).end();
    }
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
