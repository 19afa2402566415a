import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { DirectMethods } from '@mooring/direct-methods';
import { answerClientErrors, rememberConnectionInfo } from '@mooring/listener';
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
  /** What clients show in the TLS handshake from now on; there is none. */
  certificates: readonly Buffer[] = [];

  private constructor(
    readonly test: TestEdge,
    readonly http: DeviceHttp,
    private readonly server: Server,
  ) {}

  static async start(options: TestEdgeOptions = {}, methods?: DirectMethods): Promise<HttpEdge> {
    const test = await TestEdge.start(options);
    const http = await test.edge.openHttp(methods);
    const server = createServer(http.front);
    answerClientErrors(server, test.clock);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const edge = new HttpEdge(test, http, server);
    server.on('connection', (socket) => {
      const { certificates: clientCertificates } = edge;
      const info = { remoteAddress: '192.0.2.1', remotePort: 50_000, transport: 'tls', clientCertificates } as const;
      rememberConnectionInfo(socket, info);
    });
    return edge;
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

/** What came as it is on a connection that carried one answer. */
export function parseAnswer(text: string): Answered {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line) => line.split(': ') as [string, string]);
  const headers = Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));
  return { status: Number(statusLine.split(' ')[1]), headers, rawHeaders: pairs.flat(), body: Buffer.from(body) };
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
