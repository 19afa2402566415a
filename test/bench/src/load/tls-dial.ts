import { once } from 'node:events';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { Address } from './messages.js';

/** A TLS 1.3 connection, the server's name checked. */
export async function dial({ host, port, ca, name = host }: Address): Promise<TLSSocket> {
  const socket = connect({
    host,
    port,
    ca,
    minVersion: 'TLSv1.3',
    checkServerIdentity: (_dialled, certificate) => checkServerIdentity(name, certificate),
  });
  await once(socket, 'secureConnect');
  socket.setNoDelay(true);
  return socket;
}
