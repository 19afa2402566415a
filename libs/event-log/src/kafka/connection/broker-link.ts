import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { EventLogError } from '../../errors.js';
import type { KafkaConnectionSettings } from '../settings.js';
import {
  type Broker,
  type ConnectionPool,
  isBrokersAnswer,
  newBroker,
  newConnectionPool,
  type Protocol,
} from './kafkajs-internals.js';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

interface Live {
  readonly broker: Broker;
  readonly pool: ConnectionPool;
  readonly connected: Promise<void>;
}

/**
 * A connection to one broker, made when it is needed. A request that fails or takes too long ends it with a reset: what of
 * it had not been sent is never sent, so that a request of an ended connection does not arrive after one of the next.
 */
export class BrokerLink {
  private live: Live | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(
    readonly address: BrokerAddress,
    private readonly settings: KafkaConnectionSettings,
  ) {}

  send<T>(protocol: Protocol<T>, timeoutMs: number): Promise<T> {
    return this.use(timeoutMs, ({ pool }) => pool.send(protocol));
  }

  /** For requests that kafkajs' broker knows how to make. */
  ask<T>(timeoutMs: number, action: (broker: Broker) => Promise<T>): Promise<T> {
    return this.use(timeoutMs, ({ broker }) => action(broker));
  }

  /** Ends the connection; requests that wait for a response fail. */
  discard(reason: Error): void {
    const { live } = this;
    this.live = undefined;
    if (live !== undefined) {
      for (const connection of live.pool.pool) {
        connection.rejectRequests(reason);
      }
      live.broker.disconnect().catch(() => undefined);
    }
    for (const socket of this.sockets) {
      end(socket);
    }
    this.sockets.clear();
  }

  private async use<T>(timeoutMs: number, action: (live: Live) => Promise<T>): Promise<T> {
    const live = this.connect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.error('did not answer in time')), timeoutMs);
    });
    try {
      return await Promise.race([live.connected.then(() => action(live)), late]);
    } catch (cause) {
      if (isBrokersAnswer(cause)) {
        throw cause;
      }
      if (this.live === live) {
        this.discard(this.error('was given up'));
      }
      throw cause instanceof EventLogError ? cause : this.error('cannot be reached or refuses', cause);
    } finally {
      clearTimeout(timer);
    }
  }

  private connect(): Live {
    if (this.live === undefined) {
      const { ssl, sasl, clientId, connectTimeoutMs } = this.settings;
      const pool = newConnectionPool({
        ...this.address,
        ...(ssl && { ssl }),
        ...(sasl && { sasl }),
        clientId,
        connectionTimeout: connectTimeoutMs,
        // Each request has a limit of its own, in `use`; kafkajs' is only a backstop.
        requestTimeout: this.settings.requestTimeoutMs * 2,
        socketFactory: this.makeSocket,
      });
      const broker = newBroker(pool);
      const connected = broker.connect();
      // Whoever awaits it sees the failure; nobody may be left to.
      connected.catch(() => undefined);
      this.live = { broker, pool, connected };
    }
    return this.live;
  }

  private readonly makeSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? connectTls({ host, port, ...servername, ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setNoDelay(true).setKeepAlive(true);
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  };

  private error(what: string, cause?: unknown): EventLogError {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    return new EventLogError(`The Kafka broker at ${this.address.host}:${this.address.port} ${what}${reason}.`, {
      cause,
    });
  }
}

/**
 * At once, and with what it has not sent yet. Node.js cannot reset below TLS, so there a request that the machine has taken
 * may still arrive; as the same records were stored in a repeated request before anything was sent after them, it can only
 * be a duplicate.
 */
function end(socket: Socket): void {
  if (socket instanceof TLSSocket) {
    socket.destroy();
  } else {
    socket.resetAndDestroy();
  }
}
