import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import { TlsWire } from './tls-wire.js';
import type { Wire, WireOptions } from './wire.js';

const PATH = '/$iothub/websocket';

/** A WebSocket over TLS. */
export class WebSocketWire implements Wire {
  readonly stream: Duplex;
  private readonly tls: TlsWire;

  constructor(subprotocol: string, options: WireOptions) {
    this.tls = new TlsWire({ ...options, onOpen: () => undefined });
    const { stream } = this.tls;
    const url = `wss://${options.hubName}:${options.port}${PATH}`;
    const socket = new WebSocket(url, subprotocol, { perMessageDeflate: false, createConnection: () => stream });
    socket.once('open', options.onOpen);
    this.stream = createWebSocketStream(socket);
    this.stream.on('error', () => this.destroy());
    this.stream.on('close', () => stream.destroySoon());
  }

  get closedAt(): number | undefined {
    return this.tls.closedAt;
  }

  get endedCleanly(): boolean {
    return this.tls.endedCleanly;
  }

  get closed(): Promise<void> {
    return this.tls.closed;
  }

  destroy(): void {
    this.tls.destroy();
  }
}
