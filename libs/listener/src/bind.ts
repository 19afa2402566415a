import type { AddressInfo, Server } from 'node:net';
import { ListenError } from './listen-error.js';
import type { Endpoint, ListenerOptions } from './listener-options.js';

export type BoundPorts = Readonly<Partial<Record<Endpoint, number>>>;

/** Connections that the kernel keeps until they are accepted; it caps this by a limit of its own. */
const BACKLOG = 4096;

/** Binds each server to its port. */
export async function bind(servers: ReadonlyMap<Endpoint, Server>, options: ListenerOptions): Promise<BoundPorts> {
  const bound: Partial<Record<Endpoint, number>> = {};
  for (const [endpoint, server] of servers) {
    bound[endpoint] = await bindOne(endpoint, server, options);
  }
  return bound;
}

function bindOne(endpoint: Endpoint, server: Server, { ports, bindAddress }: ListenerOptions): Promise<number> {
  const port = ports[endpoint] ?? 0;
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      reject(new ListenError(endpoint, port, error.code ?? 'unknown', error));
    server.once('error', onError);
    server.listen({ port, host: bindAddress, backlog: BACKLOG }, () => {
      server.removeListener('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Resolves when the server listens no more and all its connections are closed. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The only error is that it does not listen.
    server.close(() => resolve());
  });
}
