import { ProtocolViolation } from '../errors/protocol-violation.js';
import { PROTOCOL_HEADER_BYTES } from './protocol-header.js';

/** Type byte of a frame [AMQP 2.3.1, 5.3.1]. */
export const FRAME_TYPE = { amqp: 0, sasl: 1 } as const;

const MIN_FRAME_BYTES = 8;
const FIRST_ALLOCATION = 512;

/** What the reader is to expect next; may change from one piece to the next. */
export type Expected =
  | { readonly kind: 'header' }
  | { readonly kind: 'frame'; readonly type: number; readonly maxBytes: number };

/**
 * Cuts a byte stream into protocol headers and whole frames. Size, data offset and type are judged from the first eight
 * bytes; a frame that arrives in pieces is gathered in a buffer that grows with what has come, so that announcing a large
 * frame costs the peer more than it costs the hub.
 */
export class FrameReader {
  private gathered: Buffer = Buffer.alloc(0);
  private gatheredBytes = 0;

  /**
   * @param expected asked before each piece, since a piece may change what follows
   * @param take gets each header or frame: a slice of `chunk` where it came in one. Returns false to stop reading.
   * @returns the bytes not consumed, if `take` stopped before the end
   * @throws ProtocolViolation
   */
  read(chunk: Buffer, expected: () => Expected, take: (piece: Buffer) => boolean): Buffer | undefined {
    let position = 0;
    while (position < chunk.length) {
      const expectation = expected();
      let piece: Buffer | undefined;
      if (this.gatheredBytes === 0 && chunk.length - position >= MIN_FRAME_BYTES) {
        const size = pieceSize(chunk, position, expectation);
        if (chunk.length - position >= size) {
          piece = chunk.subarray(position, position + size);
          position += size;
        } else {
          position += this.gather(chunk, position, size);
        }
      } else {
        if (this.gatheredBytes < MIN_FRAME_BYTES) {
          position += this.gather(chunk, position, MIN_FRAME_BYTES);
        }
        if (this.gatheredBytes >= MIN_FRAME_BYTES) {
          const size = pieceSize(this.gathered, 0, expectation);
          position += this.gather(chunk, position, size);
          piece = this.takeGathered(size);
        }
      }
      if (piece !== undefined && !take(piece)) {
        return position < chunk.length ? chunk.subarray(position) : undefined;
      }
    }
    return undefined;
  }

  /** Copies from the chunk until `size` bytes are gathered, or the chunk ends. */
  private gather(chunk: Buffer, from: number, size: number): number {
    const count = Math.min(size - this.gatheredBytes, chunk.length - from);
    const wanted = this.gatheredBytes + count;
    if (this.gathered.length < wanted) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_ALLOCATION, wanted, Math.min(size, this.gathered.length * 2)));
      this.gathered.copy(grown, 0, 0, this.gatheredBytes);
      this.gathered = grown;
    }
    chunk.copy(this.gathered, this.gatheredBytes, from, from + count);
    this.gatheredBytes = wanted;
    return count;
  }

  private takeGathered(size: number): Buffer | undefined {
    if (this.gatheredBytes < size) {
      return undefined;
    }
    const piece = this.gathered.subarray(0, size);
    this.gathered = Buffer.alloc(0);
    this.gatheredBytes = 0;
    return piece;
  }
}

function pieceSize(bytes: Buffer, at: number, expected: Expected): number {
  return expected.kind === 'header' ? PROTOCOL_HEADER_BYTES : checkedSize(bytes, at, expected);
}

function checkedSize(bytes: Buffer, at: number, { type, maxBytes }: Expected & { kind: 'frame' }): number {
  const size = bytes.readUInt32BE(at);
  if (size < MIN_FRAME_BYTES || size > maxBytes) {
    throw new ProtocolViolation('frame', `A frame must have between ${MIN_FRAME_BYTES} and ${maxBytes} bytes.`);
  }
  const dataOffset = bytes.readUInt8(at + 4) * 4;
  if (dataOffset < MIN_FRAME_BYTES || dataOffset > size) {
    throw new ProtocolViolation('frame', 'The data offset of a frame points outside of it.');
  }
  if (bytes.readUInt8(at + 5) !== type) {
    throw new ProtocolViolation('frame', 'The frame has another type than is expected here.');
  }
  return size;
}
