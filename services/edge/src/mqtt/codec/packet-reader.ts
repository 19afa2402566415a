import { isUtf8 } from 'node:buffer';
import { ProtocolError } from '../protocol-error.js';
import type { Frame } from './frame-reader.js';

/** Reads the fields of a packet one after the other. */
export class PacketReader {
  private readonly bytes: Buffer;
  private readonly end: number;
  private at: number;

  constructor({ bytes, start, end }: Frame) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get done(): boolean {
    return this.at === this.end;
  }

  byte(): number {
    return this.bytes.readUInt8(this.take(1));
  }

  word(): number {
    return this.bytes.readUInt16BE(this.take(2));
  }

  /** Bytes with their length before them; a view, not a copy. */
  binary(): Buffer {
    const length = this.word();
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** Text with its length before it. */
  text(): string {
    return decodeText(this.binary());
  }

  /** A packet must end where its fields do. */
  finish(): void {
    if (!this.done) {
      throw new ProtocolError('a packet with bytes behind its end');
    }
  }

  private take(length: number): number {
    const start = this.at;
    if (start + length > this.end) {
      throw new ProtocolError('a packet that ends within a field');
    }
    this.at = start + length;
    return start;
  }
}

/** [MQTT-1.5.3-1]: well-formed UTF-8, which surrogates are not; [MQTT-1.5.3-2]: without U+0000. */
export function decodeText(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw new ProtocolError('text that is not UTF-8');
  }
  const text = bytes.toString('utf8');
  if (text.includes('\0')) {
    throw new ProtocolError('text with U+0000');
  }
  return text;
}
