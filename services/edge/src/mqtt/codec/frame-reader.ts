import { ProtocolError } from '../protocol-error.js';

/** One packet within the bytes received; valid only until the next is read. */
export interface Frame {
  type: number;
  /** The low four bits of the first byte. */
  flags: number;
  bytes: Buffer;
  /** Where what follows the fixed header begins and ends. */
  start: number;
  end: number;
}

const NOTHING: Buffer = Buffer.alloc(0);
const MAX_LENGTH_BYTES = 4;
/** Pieces of one packet that are kept apart; more are joined, so that single bytes do not cost a buffer each. */
const MAX_PIECES = 64;

/** Cuts the bytes of a connection into packets. Holds no more than what was received, and one packet's limit. */
export class FrameReader {
  private bytes = NOTHING;
  private at = 0;
  private more: Buffer[] | undefined;
  private moreBytes = 0;

  /** Takes what was received. */
  push(chunk: Buffer): void {
    if (this.at === this.bytes.length && this.more === undefined) {
      this.bytes = chunk;
      this.at = 0;
      return;
    }
    this.more ??= [];
    this.more.push(chunk);
    this.moreBytes += chunk.length;
    if (this.more.length >= MAX_PIECES) {
      this.join();
    }
  }

  /**
   * Reads the next packet into `frame`; false if it is not there yet.
   *
   * @param maxBytes of a packet, its fixed header included
   * @throws ProtocolError if it is longer, or its length is malformed
   */
  next(frame: Frame, maxBytes: number): boolean {
    let header = readHeader(this.bytes, this.at);
    if (header === 0 && this.more !== undefined) {
      this.join();
      header = readHeader(this.bytes, this.at);
    }
    if (header === 0) {
      this.forgetConsumed();
      return false;
    }
    const size = header + remainingLength;
    if (size > maxBytes) {
      throw new ProtocolError(`a packet of ${size} bytes`, 'too-large');
    }
    if (size > this.bytes.length - this.at) {
      if (size > this.bytes.length - this.at + this.moreBytes) {
        return false;
      }
      this.join();
    }
    const first = this.bytes[this.at] ?? 0;
    frame.type = first >> 4;
    frame.flags = first & 0x0f;
    frame.bytes = this.bytes;
    frame.start = this.at + header;
    frame.end = this.at + size;
    this.at += size;
    return true;
  }

  private join(): void {
    const rest = this.bytes.subarray(this.at);
    this.bytes = Buffer.concat([rest, ...(this.more ?? [])]);
    this.at = 0;
    this.more = undefined;
    this.moreBytes = 0;
  }

  /** An idle connection keeps no buffer. */
  private forgetConsumed(): void {
    if (this.at === this.bytes.length) {
      this.bytes = NOTHING;
      this.at = 0;
    }
  }
}

/** Set by `readHeader`, so that no object is made for it. */
let remainingLength = 0;

/** @returns the length of the fixed header, 0 if it is not complete; the remaining length is in `remainingLength` */
function readHeader(bytes: Buffer, at: number): number {
  let length = 0;
  for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
    const digit = bytes[at + 1 + i];
    if (digit === undefined) {
      return 0;
    }
    length |= (digit & 0x7f) << (7 * i);
    if (digit < 0x80) {
      remainingLength = length;
      return i + 2;
    }
  }
  throw new ProtocolError('the remaining length has no end');
}
