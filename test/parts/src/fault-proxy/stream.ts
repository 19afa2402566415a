import type { Socket } from 'node:net';
import type { Flow } from './fault-proxy.js';

/** Shared by all streams of one direction. */
export interface StreamFaults {
  flow: Flow;
  delayMs: number;
  swallowedBytes: number;
}

interface Piece {
  /** Undefined: the end of the stream. */
  readonly bytes: Buffer | undefined;
  /** When it may be passed on. */
  readonly due: number;
}

const mostHeldBytes = 1_048_576;

/** One direction of one connection. */
export class Stream {
  readonly #pieces: Piece[] = [];
  #timer: NodeJS.Timeout | undefined;
  #bytesUntilCut = Number.POSITIVE_INFINITY;
  heldBytes = 0;

  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
    private readonly faults: StreamFaults,
  ) {
    source.on('data', (bytes) => this.#take(bytes));
    source.on('end', () => this.#queue(undefined));
    sink.on('drain', () => this.advance());
    sink.on('close', () => clearTimeout(this.#timer));
  }

  /** Both sockets are ended once so many more bytes were passed on. */
  cutAfter(bytes: number): void {
    this.#bytesUntilCut = bytes;
    if (bytes === 0) {
      this.#cut();
    }
  }

  /** Passes on all that may be passed on now. */
  advance(): void {
    if (this.faults.flow !== 'hold') {
      this.#pass();
    }
    if (this.heldBytes < mostHeldBytes && !this.sink.writableNeedDrain) {
      this.source.resume();
    } else {
      this.source.pause();
    }
  }

  #take(bytes: Buffer): void {
    if (this.faults.flow === 'swallow') {
      this.faults.swallowedBytes += bytes.length;
    } else {
      this.heldBytes += bytes.length;
      this.#queue(bytes);
    }
  }

  #queue(bytes: Buffer | undefined): void {
    this.#pieces.push({ bytes, due: performance.now() + this.faults.delayMs });
    this.advance();
  }

  #pass(): void {
    for (let piece = this.#pieces[0]; piece !== undefined && !this.sink.writableNeedDrain; piece = this.#pieces[0]) {
      const early = piece.due - performance.now();
      if (early > 0) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.advance(), Math.ceil(early));
        return;
      }
      this.#pieces.shift();
      if (piece.bytes === undefined) {
        this.sink.end();
      } else {
        this.heldBytes -= piece.bytes.length;
        this.#write(piece.bytes);
      }
    }
  }

  #write(bytes: Buffer): void {
    const kept = bytes.subarray(0, this.#bytesUntilCut);
    this.#bytesUntilCut -= kept.length;
    if (this.sink.writable) {
      this.sink.write(kept);
    }
    if (this.#bytesUntilCut === 0) {
      this.#cut();
    }
  }

  #cut(): void {
    this.sink.destroySoon();
    this.source.destroy();
  }
}
