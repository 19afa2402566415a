import type { Socket } from 'node:net';
import { type ProxyHeader, parseProxyHeader } from './proxy-header.js';

/**
 * Reads the PROXY header that a connection begins with; what follows it stays in the socket for its next reader. `done` is
 * called once, with undefined if there is no such header; never if the socket is closed before.
 */
export function readProxyHeader(socket: Socket, done: (header: ProxyHeader | undefined) => void): void {
  let received: Buffer = Buffer.alloc(0);
  const onReadable = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) {
      return;
    }
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const header = parseProxyHeader(received);
    if (header === 'incomplete') {
      return;
    }
    socket.removeListener('readable', onReadable);
    if (header === 'malformed') {
      done(undefined);
      return;
    }
    if (received.length > header.length) {
      socket.unshift(received.subarray(header.length));
    }
    done(header);
  };
  socket.on('readable', onReadable);
}
