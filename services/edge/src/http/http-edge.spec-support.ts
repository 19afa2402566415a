import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { DirectMethods } from '@mooring/direct-methods';
import { token } from '../mqtt-client.spec-support.js';
import { TestEdge, type TestEdgeOptions } from '../test-edge.spec-support.js';
import type { DeviceHttp } from './device-http.js';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  /** Undefined: none. */
  readonly authorization?: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** An edge whose HTTP front is served on a port of this machine. */
export class HttpEdge {
  private constructor(
    readonly test: TestEdge,
    readonly http: DeviceHttp,
    private readonly server: Server,
  ) {}

  static async start(options: TestEdgeOptions = {}, methods?: DirectMethods): Promise<HttpEdge> {
    const test = await TestEdge.start(options);
    const http = await test.edge.openHttp(methods);
    const server = createServer(http.front);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HttpEdge(test, http, server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** A request, with the token of `d1` unless it says otherwise. */
  async send(path: string, { method = 'POST', headers = {}, body, ...more }: Sent = {}): Promise<Answered> {
    const authorization = 'authorization' in more ? more.authorization : token('d1');
    const asked = request({
      host: '127.0.0.1',
      port: this.port,
      path,
      method,
      agent: false,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    });
    asked.end(body);
    const [response] = await once(asked, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      chunks.push(chunk);
    }
    const { statusCode, rawHeaders } = response;
    return { status: statusCode, headers: response.headers, rawHeaders, body: Buffer.concat(chunks) };
  }

  /** Sends bytes as they are; resolves with all that comes until the connection is closed. */
  async raw(bytes: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    socket.write(bytes, 'latin1');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) {
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('latin1');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await this.http.close();
    await this.test.stop();
  }
}

/** The code that an answer's error names, which its header must name too. */
export function errorOf({ status, headers, body }: Answered): [number, string] {
  const { Message, ExceptionMessage } = JSON.parse(body.toString());
  const name = String(headers['iothub-errorcode']);
  if (!/^Tracking ID:[0-9A-F]{32}-TimeStamp:/.test(ExceptionMessage) || !Message.startsWith(`ErrorCode:${name};`)) {
    throw new Error(`not an error as SDKs read it: ${body}`);
  }
  return [status, name];
}
