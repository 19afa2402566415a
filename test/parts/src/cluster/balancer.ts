import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface BalancerTarget {
  readonly address: string;
  /** Whether new connections are led to it, as a balancer's health check would tell. */
  readonly isLive: boolean;
}

export interface Balancer {
  close(): Promise<void>;
}

export interface BalancerOptions {
  readonly address: string;
  /** Each is led to the same port of a target. */
  readonly ports: readonly number[];
  readonly targets: () => readonly BalancerTarget[];
}

/** What stands in front of a cluster: leads TCP connections to the live targets in turn, and on to the next if one refuses. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const balancer = new TcpBalancer(options);
  await balancer.listen();
  return balancer;
}

class TcpBalancer implements Balancer {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  constructor(private readonly options: BalancerOptions) {}

  async listen(): Promise<void> {
    for (const port of this.options.ports) {
      const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
        this.#keep(client);
        this.#lead(client, port, this.#candidates());
      });
      server.listen(port, this.options.address);
      await once(server, 'listening');
      this.#servers.push(server);
    }
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
    }
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  #candidates(): readonly BalancerTarget[] {
    const live = this.options.targets().filter((target) => target.isLive);
    const first = live.length === 0 ? 0 : this.#turn++ % live.length;
    return [...live.slice(first), ...live.slice(0, first)];
  }

  #lead(client: Socket, port: number, [target, ...others]: readonly BalancerTarget[]): void {
    if (target === undefined || client.destroyed) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: target.address, port, allowHalfOpen: true, noDelay: true });
    this.#keep(server);
    const next = (): void => this.#lead(client, port, others);
    server.once('error', next);
    server.once('connect', () => {
      server.off('error', next);
      join(client, server);
      join(server, client);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Passed on to the other side by its own listener where there is one.
    socket.on('error', () => undefined);
  }
}

/** One direction of a connection; a reset is passed on as one. */
function join(from: Socket, to: Socket): void {
  from.on('error', () => to.resetAndDestroy());
  from.on('close', () => to.destroySoon());
  from.pipe(to);
}
