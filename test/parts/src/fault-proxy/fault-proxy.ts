import { freePort } from '../process/free-port.js';
import { TcpFaultProxy } from './tcp-fault-proxy.js';

export interface FaultProxyOptions {
  readonly target: ProxyTarget;
  /** Where the proxy listens; a free port unless given. */
  readonly port?: number;
}

export interface ProxyTarget {
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  readonly port: number;
}

/**
 * What happens to the bytes of one direction. `hold` keeps them until `forward` releases them (the sender is not read beyond
 * 1 MiB); `swallow` takes and forgets them, after which a live connection is of no use any more but to wait on.
 */
export type Flow = 'forward' | 'hold' | 'swallow';

/** A TCP proxy between clients and one server that breaks what it is told to break, on live and on later connections. */
export interface FaultProxy {
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Live connections. */
  readonly connections: number;
  /** Bytes of answers that were swallowed so far, and that are held now. */
  readonly swallowedBytes: number;
  readonly heldBytes: number;
  /** Sets the flow from server to client. */
  answers(flow: Flow): void;
  /** Sets the flow from client to server. */
  requests(flow: Flow): void;
  /** Delays the bytes of both directions from now on, in order; 0 ends it. */
  delay(ms: number): void;
  /** Ends all live connections with a reset. */
  reset(): void;
  /** Ends each live connection after its next so many bytes of answers, in the middle of a frame if need be. */
  cut(afterAnswerBytes?: number): void;
  /** Nobody listens any more; live connections go on. */
  refuse(): Promise<void>;
  /** Listens again on the same port. */
  accept(): Promise<void>;
  close(): Promise<void>;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(options.target, options.port ?? (await freePort()));
  await proxy.accept();
  return proxy;
}
