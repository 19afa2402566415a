import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What is known of a connection before its first byte of MQTT or AMQP. */
export interface ConnectionInfo {
  /** Of the client: behind a trusted balancer, what its PROXY header says. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly transport: 'tcp' | 'tls' | 'websocket';
  /**
   * The client's certificate chain as sent in the TLS handshake, DER, leaf first; empty if there was none, or once the
   * connection is closed. Not verified. Read anew at each access.
   */
  readonly clientCertificates: readonly Buffer[];
}

/** A protocol that runs on a byte stream. */
export type StreamProtocol = 'mqtt' | 'amqp';

/** What serves byte streams of one protocol. It owns the stream from then on, its errors included. */
export interface StreamFront {
  accept(stream: Duplex, info: ConnectionInfo): void;
  /** Closes every connection in the protocol's own way; resolves when all are closed, at the latest after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

/** What serves HTTP requests that are not WebSocket upgrades. `connectionInfo(request)` tells who asks. */
export type HttpFront = (request: IncomingMessage, response: ServerResponse) => void;
