import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { Wire, WireOptions } from './wire.js';

/** TLS over TCP. */
export class TlsWire implements Wire {
  closedAt: number | undefined;
  endedCleanly = false;
  readonly stream: TLSSocket;
  readonly closed: Promise<void>;

  constructor({ address, hubName, ca, port, onOpen }: WireOptions) {
    const socket = connect({
      host: address,
      port,
      ca,
      // An edge is dialled by an address of its own, and shows the name of the hub.
      checkServerIdentity: (_dialled, certificate) => checkServerIdentity(hubName, certificate),
    });
    this.stream = socket;
    socket.on('error', () => socket.destroy());
    socket.on('end', () => {
      this.endedCleanly = true;
    });
    socket.once('secureConnect', onOpen);
    // An error only tells why it is closed.
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        this.closedAt = performance.now();
        resolve();
      }),
    );
  }

  destroy(): void {
    this.stream.destroy();
  }
}
