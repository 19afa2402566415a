import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/** The byte stream that the binary messages of a WebSocket carry; where messages begin and end means nothing. */
export class WebSocketStream extends Duplex {
  constructor(private readonly socket: WebSocket) {
    super({ allowHalfOpen: false });
    socket.on('message', (data: Buffer, isBinary: boolean) => this.onMessage(data, isBinary));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.push(null));
  }

  override _read(): void {
    if (this.socket.isPaused) {
      this.socket.resume();
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.send(chunk, { binary: true }, done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.socket.send(Buffer.concat(chunks.map(({ chunk }) => chunk)), { binary: true }, done);
  }

  /** Ends once the peer has answered the closing handshake; `ws` waits for that for a bounded time. */
  override _final(done: (error?: Error | null) => void): void {
    if (this.socket.readyState === WebSocket.CLOSED) {
      done();
      return;
    }
    this.socket.once('close', () => done());
    this.socket.close(1000);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.terminate();
    done(error);
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      // [MQTT-6.0.0-1]: a text message ends the connection; AMQP's binding says the same.
      this.socket.close(1003);
      this.destroy();
    } else if (!this.push(data)) {
      this.socket.pause();
    }
  }
}
