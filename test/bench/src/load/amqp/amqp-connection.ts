import type { TLSSocket } from 'node:tls';
import type { Address } from '../messages.js';
import { dial } from '../tls-dial.js';
import { AMQP_HEADER, FRAME, open, SASL_HEADER, saslInit } from './frames.js';

const HEADER_BYTES = 8;

/** Takes the frames of one session. */
export type FrameListener = (descriptor: number, frame: Buffer) => void;

interface Waiting {
  readonly resolve: (frame: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** One AMQP connection over TLS: frames in, by session; bytes out. */
export class AmqpConnection {
  readonly listeners = new Map<number, FrameListener>();
  private rest: Buffer = Buffer.alloc(0);
  private readonly waiting = new Map<string, Waiting>();

  private constructor(private readonly socket: TLSSocket) {
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) {
        reject(new Error('closed by the server'));
      }
    });
  }

  /** Connects with TLS, SASL ANONYMOUS and open. */
  static async open(address: Address, containerId: string): Promise<AmqpConnection> {
    const socket = await dial(address);
    const connection = new AmqpConnection(socket);
    await connection.ask(Buffer.concat([SASL_HEADER, saslInit()]), FRAME.saslOutcome);
    await connection.ask(Buffer.concat([AMQP_HEADER, open(containerId, address.name ?? address.host)]), FRAME.open);
    return connection;
  }

  /** Sends bytes and waits for a frame; rejects when the connection is closed before. */
  ask(bytes: Buffer, descriptor: number, channel = 0): Promise<Buffer> {
    this.socket.write(bytes);
    return new Promise((resolve, reject) => this.waiting.set(`${channel}/${descriptor}`, { resolve, reject }));
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    this.socket.cork();
    while (bytes.length - at >= HEADER_BYTES) {
      if (bytes[at] === AMQP_HEADER[0]) {
        at += HEADER_BYTES;
        continue;
      }
      const size = bytes.readUInt32BE(at);
      if (bytes.length - at < size) {
        break;
      }
      if (size > HEADER_BYTES) {
        this.take(bytes.subarray(at, at + size));
      }
      at += size;
    }
    this.socket.uncork();
    this.rest = bytes.subarray(at);
  }

  private take(frame: Buffer): void {
    const descriptor = frame[10] ?? 0;
    if (descriptor === FRAME.close || descriptor === FRAME.end || descriptor === FRAME.detach) {
      throw new Error(`unexpected frame 0x${descriptor.toString(16)}: ${frame.toString('latin1')}`);
    }
    const channel = frame.readUInt16BE(6);
    const key = `${channel}/${descriptor}`;
    const waiting = this.waiting.get(key);
    if (waiting !== undefined) {
      this.waiting.delete(key);
      waiting.resolve(frame);
    } else {
      this.listeners.get(channel)?.(descriptor, frame);
    }
  }
}
