import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type HubAccess, until } from '@mooring/test-parts';

const PATIENCE_MS = 15_000;

/** The ports of a hub, which SDKs cannot be told. */
export const PORT = { mqtts: 8883, amqps: 5671, https: 443 } as const;

/** A client that writes whatever it likes, and sees what comes back. */
export class RawConnection {
  private readonly chunks: Buffer[] = [];
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    // A reset is one of the ways in which the hub may close.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Without TLS. */
  static async plain(hub: HubAccess, port: number): Promise<RawConnection> {
    const socket = connectPlain({ host: hub.host, port });
    const connection = new RawConnection(socket);
    await once(socket, 'connect');
    return connection;
  }

  /** After a TLS handshake. */
  static async secure(hub: HubAccess, port: number, options: ConnectionOptions = {}): Promise<RawConnection> {
    const socket = connectTls({ host: hub.host, port, ca: hub.ca, ...options });
    const connection = new RawConnection(socket);
    const refused = once(socket, 'close').then(() => {
      throw new Error('The connection was closed within the handshake');
    });
    await Promise.race([once(socket, 'secureConnect'), refused]);
    refused.catch(() => undefined);
    return connection;
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** What is written once the hub has closed goes nowhere, and that is no error here. */
  send(...pieces: readonly (Buffer | string)[]): void {
    for (const piece of pieces) {
      if (this.socket.writable) {
        this.socket.write(piece);
      }
    }
  }

  /** Sends a byte at a time, each in a segment (and TLS record) of its own. */
  async trickle(bytes: Buffer): Promise<void> {
    this.socket.setNoDelay(true);
    for (const byte of bytes) {
      await new Promise((resolve) => this.socket.write(Buffer.from([byte]), resolve));
    }
  }

  async untilReceived(count: number): Promise<Buffer> {
    await until(() => this.received.length >= count, { what: `${count} bytes`, timeoutMs: PATIENCE_MS, everyMs: 5 });
    return this.received;
  }

  /** Waits for a text; gives all that came, a character for each byte. */
  async untilReceivedText(text: string): Promise<string> {
    const received = () => this.received.toString('latin1');
    await until(() => received().includes(text), { what: JSON.stringify(text), timeoutMs: PATIENCE_MS, everyMs: 5 });
    return received();
  }

  /** Waits until the hub has closed; gives all that it sent before. */
  async untilClosed(): Promise<Buffer> {
    await until(() => this.closed, { what: 'the hub to close a connection', timeoutMs: PATIENCE_MS, everyMs: 5 });
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }
}
