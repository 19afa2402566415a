import { EventLogError } from '../errors.js';

/** A record within its batch. */
export interface RawRecord {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, Buffer>>;
  readonly value: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Reads the records of a batch, one after the other. */
export class RecordCursor {
  private position = 0;

  constructor(private readonly data: Buffer) {}

  record(): RawRecord {
    const length = this.varint();
    const end = this.position + length;
    if (length < 0 || end > this.data.length) {
      throw new EventLogError('A record is longer than its batch.');
    }
    this.position++; // attributes, of which there are none yet
    const timestampDelta = this.varint();
    const offsetDelta = this.varint();
    const key = this.text();
    const value = this.bytes();
    const headers: Record<string, Buffer> = Object.create(null);
    for (let left = this.varint(); left > 0; left--) {
      const name = this.text();
      headers[name] = this.bytes();
    }
    this.position = end;
    return { offsetDelta, timestampDelta, key, headers, value };
  }

  /** Signed, zig-zag, up to 64 bits; beyond 32 by arithmetic, as bit operations end there. */
  private varint(): number {
    let byte = this.byte();
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 28; shift += 7) {
      byte = this.byte();
      value |= (byte & 0x7f) << shift;
    }
    if (byte <= 0x7f) {
      return (value >>> 1) ^ -(value & 1);
    }
    for (let scale = 2 ** 28; byte > 0x7f; scale *= 128) {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  private byte(): number {
    const byte = this.data[this.position++];
    if (byte === undefined) {
      throw new EventLogError('A batch ends within a record.');
    }
    return byte;
  }

  private text(): string {
    const length = this.varint();
    if (length <= 0) {
      return '';
    }
    const start = this.position;
    this.position += length;
    return this.data.toString('utf8', start, this.position);
  }

  private bytes(): Buffer {
    const length = this.varint();
    if (length <= 0) {
      return NOTHING;
    }
    const start = this.position;
    this.position += length;
    return this.data.subarray(start, this.position);
  }
}
