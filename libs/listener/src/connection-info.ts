import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ConnectionInfo } from './fronts.js';
import { clientCertificates } from './tls/client-certificates.js';

/** One of these is kept per connection: it reads the certificates only if somebody asks. */
export class SocketConnectionInfo implements ConnectionInfo {
  constructor(
    private readonly socket: Duplex,
    readonly transport: ConnectionInfo['transport'],
    readonly remoteAddress: string,
    readonly remotePort: number,
  ) {}

  get clientCertificates(): readonly Buffer[] {
    return this.socket instanceof TLSSocket ? clientCertificates(this.socket) : [];
  }
}

const infoBySocket = new WeakMap<Duplex, ConnectionInfo>();

export function rememberConnectionInfo(socket: Duplex, info: ConnectionInfo): void {
  infoBySocket.set(socket, info);
}

/** Who sent a request that an HTTP front was given. */
export function connectionInfo(request: IncomingMessage): ConnectionInfo {
  const { socket } = request;
  return (
    infoBySocket.get(socket) ??
    new SocketConnectionInfo(socket, 'tcp', socket.remoteAddress ?? '', socket.remotePort ?? 0)
  );
}
