import { constants, type X509Certificate } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { Counter, type Logger } from '@mooring/observability';
import type { PeerMaterial } from '../tls/peer-certificates.js';
import type { RpcServerLimits, RpcServerOptions } from './server-options.js';

type Refusal = 'limit' | 'handshake' | 'protocol' | 'peer-name';

/**
 * Accepts connections of peers. Before gRPC sees one, its TLS handshake is over and its certificate is of the authority and
 * names an allowed peer.
 */
export class PeerListener {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  /** By the peer's address and port, connections that gRPC has not been handed yet. */
  private readonly handshaking = new Map<string, Socket>();
  private readonly stopWatching: () => void;
  private readonly refused: Counter<'reason'>;

  constructor(
    private readonly options: RpcServerOptions,
    limits: RpcServerLimits,
    private readonly accept: (socket: Socket) => void,
  ) {
    this.refused = refusedConnections(options);
    this.server = options.tls === 'insecure' ? createServer(accept) : this.createTlsServer(options.tls.current, limits);
    this.stopWatching =
      options.tls === 'insecure'
        ? () => undefined
        : options.tls.watch((material) => (this.server as TlsServer).setSecureContext(secureContext(material)));
    this.server.maxConnections = limits.maxConnections;
    this.server.on('drop', () => this.refused.inc({ reason: 'limit' satisfies Refusal }));
    this.server.on('connection', (socket: Socket) => this.track(socket));
  }

  /** @returns the port */
  listen(): Promise<number> {
    const { bindAddress: host, port } = this.options;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port }, () => {
        this.server.removeListener('error', reject);
        // Such as too many open files: the connection concerned is gone, the server goes on.
        this.server.on('error', (error) => this.log.error({ err: error }, 'a peer could not be accepted'));
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** Accepts no more; resolves when all connections have ended. */
  close(): Promise<void> {
    this.stopWatching();
    return new Promise((resolve) => {
      // The only error is that it does not listen.
      this.server.close(() => resolve());
      for (const socket of this.handshaking.values()) {
        socket.destroy();
      }
    });
  }

  destroyConnections(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  private get log(): Logger {
    return this.options.log;
  }

  private createTlsServer(material: PeerMaterial, { handshakeTimeoutMs }: RpcServerLimits): TlsServer {
    const server = createTlsServer(
      {
        ...secureContext(material),
        requestCert: true,
        rejectUnauthorized: true,
        ALPNProtocols: ['h2'],
        handshakeTimeout: handshakeTimeoutMs,
      },
      (socket) => this.admit(socket),
    );
    server.on('tlsClientError', (error, socket) => {
      this.refused.inc({ reason: 'handshake' satisfies Refusal });
      this.log.debug({ err: error, peer: socket.remoteAddress }, 'a peer was refused in the TLS handshake');
      socket.destroy();
    });
    return server;
  }

  private admit(socket: TLSSocket): void {
    // Its reasons are the handshake's or the HTTP/2 session's to tell.
    socket.on('error', () => socket.destroy());
    if (socket.alpnProtocol !== 'h2') {
      this.refuse(socket, 'protocol');
    } else if (!this.isAllowed(socket.getPeerX509Certificate())) {
      this.log.warn({ peer: socket.remoteAddress }, 'a peer was refused: its certificate names no allowed peer');
      this.refuse(socket, 'peer-name');
    } else {
      this.handshaking.delete(peerOf(socket));
      this.accept(socket);
    }
  }

  private isAllowed(certificate: X509Certificate | undefined): boolean {
    const { allowedPeers } = this.options;
    if (certificate === undefined) {
      return false;
    }
    return (
      allowedPeers === undefined ||
      allowedPeers.some((name) => certificate.checkHost(name, { subject: 'never', wildcards: false }) !== undefined)
    );
  }

  private refuse(socket: Socket, reason: Refusal): void {
    this.refused.inc({ reason });
    socket.destroy();
  }

  private track(socket: Socket): void {
    const peer = peerOf(socket);
    this.sockets.add(socket);
    if (this.options.tls !== 'insecure') {
      this.handshaking.set(peer, socket);
    }
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.handshaking.get(peer) === socket) {
        this.handshaking.delete(peer);
      }
    });
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function secureContext({ authority, certificate, key }: PeerMaterial) {
  return {
    ca: authority,
    cert: certificate,
    key,
    minVersion: 'TLSv1.3' as const,
    // A resumed session would skip the check of the peer's certificate.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function refusedConnections({ metrics }: RpcServerOptions): Counter<'reason'> {
  const name = 'mooring_rpc_server_connections_refused_total';
  const existing = metrics.getSingleMetric(name);
  return existing instanceof Counter
    ? existing
    : new Counter({
        name,
        help: 'Connections of peers that were closed before their first call.',
        labelNames: ['reason'],
        registers: [metrics],
      });
}
