import type { Server as WebServer } from 'node:https';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, TLSSocket, type Server as TlsServer } from 'node:tls';
import { Gate } from './admission/gate.js';
import { type BoundPorts, bind, closeServer } from './bind.js';
import { rememberConnectionInfo, SocketConnectionInfo } from './connection-info.js';
import type { HttpFront, StreamFront, StreamProtocol } from './fronts.js';
import { ListenerMetrics } from './listener-metrics.js';
import { ENDPOINTS, type Endpoint, type ListenerOptions } from './listener-options.js';
import { CertificateFiles, type ServerCertificate } from './tls/certificate-files.js';
import { handshakeFailure } from './tls/handshake-failure.js';
import { createWebServer } from './web/web-server.js';

const DEFAULT_MAX_WEBSOCKET_MESSAGE_BYTES = 1024 * 1024;
const STREAM_ENDPOINTS: Readonly<Partial<Record<Endpoint, StreamProtocol>>> = {
  mqtts: 'mqtt',
  mqtt: 'mqtt',
  amqps: 'amqp',
  amqp: 'amqp',
};

/**
 * All ports that devices and back ends reach the hub on. It hands connections to the fronts that were registered with it, and
 * knows nothing of what they serve.
 */
export class Listener {
  private readonly metrics: ListenerMetrics;
  private readonly gate: Gate;
  private readonly streams = new Map<StreamProtocol, StreamFront>();
  private readonly servers = new Map<Endpoint, Server>();
  private http: HttpFront | undefined;
  private certificates: CertificateFiles | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: ListenerOptions) {
    this.metrics = new ListenerMetrics(options.metrics);
    this.gate = new Gate(options, this.metrics);
  }

  /** Registers what serves a protocol, on TCP, TLS and WebSocket; before `listen`. */
  serve(protocol: StreamProtocol, front: StreamFront): void {
    this.streams.set(protocol, front);
  }

  /** Registers what serves HTTP requests; before `listen`. */
  serveHttp(front: HttpFront): void {
    this.http = front;
  }

  /**
   * Opens the endpoints that have a port and a front.
   * @returns the ports that are listened on
   * @throws ListenError for the first that cannot be bound, after the others were closed again
   */
  async listen(): Promise<BoundPorts> {
    const open = ENDPOINTS.filter((endpoint) => this.options.ports[endpoint] !== undefined && this.isServed(endpoint));
    const secure = open.some((endpoint) => isSecure(endpoint));
    const certificate = secure ? await this.openCertificate() : undefined;
    for (const endpoint of open) {
      this.servers.set(endpoint, this.createServer(endpoint, certificate));
    }
    try {
      return await bind(this.servers, this.options);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** No connection is accepted from now on; those that are open go on. */
  stopAccepting(): void {
    this.closing ??= Promise.all([...this.servers.values()].map(closeServer)).then(() => undefined);
    this.gate.close();
    this.certificates?.close();
  }

  /** Stops accepting, drains all fronts, and cuts the HTTP requests that are not answered after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.stopAccepting();
    const cut = new Promise<void>((resolve) => {
      this.options.clock.after(graceMs, () => {
        this.closeHttp();
        resolve();
      });
    });
    await Promise.all([...this.streams.values()].map((front) => front.drain(graceMs)));
    await Promise.race([this.closing, cut]);
  }

  /** Closes all at once, but the streams that fronts have accepted: those are theirs. */
  async close(): Promise<void> {
    this.stopAccepting();
    this.closeHttp();
    await this.closing;
  }

  private closeHttp(): void {
    const web = this.servers.get('https');
    if (web !== undefined && isWebServer(web)) {
      web.closeAllConnections();
    }
  }

  private isServed(endpoint: Endpoint): boolean {
    const protocol = STREAM_ENDPOINTS[endpoint];
    return protocol === undefined ? this.http !== undefined || this.streams.size > 0 : this.streams.has(protocol);
  }

  private async openCertificate(): Promise<ServerCertificate> {
    if (this.options.tls === undefined) {
      throw new TypeError('An endpoint with TLS needs a certificate and a key.');
    }
    const { files, certificate } = await CertificateFiles.open({ ...this.options.tls, ...this.options });
    this.certificates = files;
    files.watch((changed) => {
      for (const [endpoint, server] of this.servers) {
        if (isSecure(endpoint)) {
          (server as TlsServer).setSecureContext(this.tlsOptions(changed));
        }
      }
    });
    return certificate;
  }

  private createServer(endpoint: Endpoint, certificate: ServerCertificate | undefined): Server {
    const server =
      certificate === undefined || !isSecure(endpoint)
        ? this.createPlain(endpoint)
        : endpoint === 'https'
          ? this.createWeb(certificate)
          : this.createSecure(endpoint, certificate);
    server.maxConnections = this.options.maxConnections;
    server.on('error', (error) => {
      if (server.listening) {
        // E.g. no file descriptor is left: the connection could not be accepted, the next may be.
        this.metrics.countRefused(endpoint, 'accept-error');
        this.options.log.warn({ endpoint, err: error }, 'a connection could not be accepted');
      }
    });
    server.on('tlsClientError', (error, socket) => {
      this.metrics.countHandshakeFailed(endpoint, handshakeFailure(error));
      // Node.js itself does not close a handshake that has timed out.
      socket.destroy();
    });
    this.gate.guard(server, endpoint);
    this.metrics.watch(endpoint, server);
    return server;
  }

  private createPlain(endpoint: Endpoint): Server {
    return createPlainServer(SOCKET_OPTIONS, (socket) => this.hand(STREAM_ENDPOINTS[endpoint], socket, socket));
  }

  private createSecure(endpoint: Endpoint, certificate: ServerCertificate): Server {
    const options = { ...SOCKET_OPTIONS, ...this.tlsOptions(certificate) };
    return createTlsServer(options, (socket) => this.hand(STREAM_ENDPOINTS[endpoint], socket, socket));
  }

  private createWeb(certificate: ServerCertificate): Server {
    const server = createWebServer({
      clock: this.options.clock,
      tls: { ...SOCKET_OPTIONS, ...this.tlsOptions(certificate) },
      maxWebSocketMessageBytes: this.options.maxWebSocketMessageBytes ?? DEFAULT_MAX_WEBSOCKET_MESSAGE_BYTES,
      protocols: [...this.streams.keys()],
      http: this.http,
      onStream: (protocol, stream, socket) => this.hand(protocol, stream, socket as Socket),
    });
    server.on('secureConnection', (socket) => rememberConnectionInfo(socket, this.infoOf(socket, 'tls')));
    return server;
  }

  private hand(protocol: StreamProtocol | undefined, stream: Duplex, socket: Socket): void {
    const transport = stream !== socket ? 'websocket' : socket instanceof TLSSocket ? 'tls' : 'tcp';
    const front = protocol === undefined ? undefined : this.streams.get(protocol);
    front?.accept(stream, this.infoOf(socket, transport));
  }

  private infoOf(socket: Socket, transport: 'tcp' | 'tls' | 'websocket'): SocketConnectionInfo {
    const source = this.gate.sourceOf(socket);
    return source === undefined
      ? new SocketConnectionInfo(socket, transport, socket.remoteAddress ?? '', socket.remotePort ?? 0)
      : new SocketConnectionInfo(socket, transport, source.address, source.port);
  }

  private tlsOptions(certificate: ServerCertificate) {
    return {
      ...certificate,
      minVersion: 'TLSv1.2',
      handshakeTimeout: this.options.handshakeTimeoutMs,
      // Asked for, never demanded: whether it is a device's is decided when the device says who it is.
      requestCert: true,
      rejectUnauthorized: false,
    } as const;
  }
}

/** Acknowledgements are small and collected by who writes them: they are sent at once. */
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

function isWebServer(server: Server): server is WebServer {
  return 'closeAllConnections' in server;
}

function isSecure(endpoint: Endpoint): boolean {
  return endpoint === 'mqtts' || endpoint === 'amqps' || endpoint === 'https';
}
