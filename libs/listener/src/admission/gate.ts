import type { Server, Socket } from 'node:net';
import type { ListenerMetrics } from '../listener-metrics.js';
import type { Endpoint, ListenerOptions } from '../listener-options.js';
import { readProxyHeader } from '../proxy-protocol/read-proxy-header.js';
import { TrustedAddresses } from '../proxy-protocol/trusted-addresses.js';
import { ConnectRate } from './connect-rate.js';
import { Deadlines } from './deadlines.js';

/** Where a connection comes from, as a balancer said it. */
export interface ProxiedSource {
  readonly address: string;
  readonly port: number;
}

/** What every connection passes between its accept and its first byte of TLS, or of its protocol. */
export class Gate {
  private readonly trusted: TrustedAddresses;
  private readonly rate: ConnectRate;
  private readonly deadlines: Deadlines;
  /** By the balancer's own address and port, since a TLS socket does not tell which socket it was made from. */
  private readonly sources = new Map<string, ProxiedSource>();

  constructor(
    options: ListenerOptions,
    private readonly metrics: ListenerMetrics,
  ) {
    const { clock, connectRate, handshakeTimeoutMs } = options;
    this.trusted = new TrustedAddresses(options.proxyTrusted ?? []);
    this.rate = new ConnectRate({
      clock,
      perSecond: connectRate,
      maxWaitMs: handshakeTimeoutMs,
      maxWaiting: options.maxConnections,
    });
    this.deadlines = new Deadlines(clock, handshakeTimeoutMs, () => undefined);
  }

  /** Puts the gate before the server's own handling of its connections. */
  guard(server: Server, endpoint: Endpoint): void {
    const enter = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      this.rate.admit(
        () => this.readHeader(socket, endpoint, () => enter.forEach((listener) => void listener.call(server, socket))),
        () => this.refuse(socket, endpoint, 'rate'),
      );
    });
    server.on('drop', () => this.metrics.countRefused(endpoint, 'limit'));
  }

  sourceOf(socket: { remoteAddress?: string | undefined; remotePort?: number | undefined; localPort?: number }) {
    return this.sources.size === 0 ? undefined : this.sources.get(connectionKey(socket));
  }

  close(): void {
    this.rate.close();
    this.deadlines.close();
  }

  private readHeader(socket: Socket, endpoint: Endpoint, enter: () => void): void {
    if (socket.destroyed) {
      return;
    }
    if (this.trusted.none || !this.trusted.has(socket.remoteAddress ?? '')) {
      this.metrics.countAccepted(endpoint);
      enter();
      return;
    }
    // Until the header is there nobody else listens to the socket.
    const onError = () => socket.destroy();
    const onClose = () => this.deadlines.done(socket);
    socket.on('error', onError);
    socket.on('end', onError);
    socket.on('close', onClose);
    this.deadlines.start(socket);
    readProxyHeader(socket, (header) => {
      this.deadlines.done(socket);
      if (header === undefined) {
        this.refuse(socket, endpoint, 'proxy-header');
        return;
      }
      socket.removeListener('end', onError);
      socket.removeListener('close', onClose);
      if (header.source !== undefined) {
        const key = connectionKey(socket);
        this.sources.set(key, header.source);
        socket.on('close', () => this.sources.delete(key));
      }
      this.metrics.countAccepted(endpoint);
      enter();
    });
  }

  private refuse(socket: Socket, endpoint: Endpoint, reason: 'rate' | 'proxy-header'): void {
    this.metrics.countRefused(endpoint, reason);
    socket.destroy();
  }
}

function connectionKey(socket: {
  remoteAddress?: string | undefined;
  remotePort?: number | undefined;
  localPort?: number;
}) {
  return `${socket.localPort} ${socket.remoteAddress} ${socket.remotePort}`;
}
