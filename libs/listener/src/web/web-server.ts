import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '@mooring/clock';
import { WebSocketServer } from 'ws';
import type { HttpFront, StreamProtocol } from '../fronts.js';
import { answerClientErrors, requireOneReading } from './client-error.js';
import { boundPipelining } from './pipelining.js';
import { chooseSubprotocol, protocolsAt } from './websocket-route.js';
import { WebSocketStream } from './websocket-stream.js';

export interface WebServerOptions {
  readonly tls: ServerOptions;
  readonly maxWebSocketMessageBytes: number;
  /** The protocols that are served on WebSockets. */
  readonly protocols: readonly StreamProtocol[];
  readonly http: HttpFront | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly onStream: (protocol: StreamProtocol, stream: Duplex, socket: Duplex) => void;
}

/** A request's headers arrive within this time, or its connection is closed. */
const HEADERS_TIMEOUT_MS = 20_000;
/** And its body within this. */
const REQUEST_TIMEOUT_MS = 120_000;
/** How often these deadlines are looked at; by default so seldom that they could be missed by half a minute. */
const CHECK_DEADLINES_MS = 5_000;
/** Longer than balancers and SDKs reuse an idle connection, so that the server is not the one to close it. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** The HTTPS server: requests go to the one front for HTTP, WebSockets to the front of their subprotocol. */
export function createWebServer(options: WebServerOptions): Server {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxWebSocketMessageBytes,
    handleProtocols: (offered, request) =>
      chooseSubprotocol(offered, servedAt(request.url, options.protocols))?.subprotocol ?? false,
  });
  const server = createServer(
    {
      ...options.tls,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_DEADLINES_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      // Asked for by `requireOneReading`, whose answer has a body.
      requireHostHeader: false,
      // A request that offers another protocol is answered as if it did not.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    requireOneReading(boundPipelining(options.http ?? notFound), options.clock),
  );
  answerClientErrors(server, options.clock);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const possible = servedAt(request.url, options.protocols);
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const chosen = chooseSubprotocol(offered, possible);
    if (chosen === undefined) {
      refuse(socket, possible.length === 0 ? '404 Not Found' : '400 Bad Request');
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      options.onStream(chosen.protocol, new WebSocketStream(webSocket), socket),
    );
  });
  return server;
}

function servedAt(target: string | undefined, served: readonly StreamProtocol[]): readonly StreamProtocol[] {
  return protocolsAt(target ?? '').filter((protocol) => served.includes(protocol));
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404).end();
}
