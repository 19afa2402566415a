import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '@mooring/clock';

export interface StreamWriterOptions {
  readonly clock: Clock;
  /** Bytes not taken by the peer, beyond which it counts as congested. */
  readonly maxBufferedBytes: number;
  /** How long a peer may take nothing. */
  readonly timeoutMs: number;
  /** The peer takes again what is written. */
  readonly relieved: () => void;
  /** The peer took nothing for too long. */
  readonly stalled: () => void;
}

/** Writes frames: those of one turn of the event loop in one go, and never more than the peer takes. */
export class StreamWriter {
  private corked = false;
  private stall: Timer | undefined;
  /** By the monotonic clock, for heartbeats. */
  lastWrite: number;

  constructor(
    private readonly stream: Duplex,
    private readonly options: StreamWriterOptions,
  ) {
    this.lastWrite = options.clock.monotonic();
    stream.on('drain', () => {
      this.stall?.cancel();
      this.stall = undefined;
      options.relieved();
    });
  }

  /** The peer does not take what it is sent: send no more. */
  get congested(): boolean {
    return this.stream.writableLength > this.options.maxBufferedBytes;
  }

  write(bytes: Buffer): void {
    if (!this.stream.writable) {
      return;
    }
    if (!this.corked) {
      this.corked = true;
      this.stream.cork();
      setImmediate(this.flush);
    }
    this.lastWrite = this.options.clock.monotonic();
    if (!this.stream.write(bytes)) {
      this.stall ??= this.options.clock.after(this.options.timeoutMs, this.options.stalled);
    }
  }

  /** Writes what is there and half-closes the stream. */
  end(): void {
    this.flush();
    this.stream.end();
  }

  dispose(): void {
    this.stall?.cancel();
  }

  private readonly flush = (): void => {
    if (this.corked) {
      this.corked = false;
      this.stream.uncork();
    }
  };
}
