const FIRST_SIZE = 4096;

const STRING8 = 0xa1;
const STRING32 = 0xb1;
const SYMBOL8 = 0xa3;
const SYMBOL32 = 0xb3;
const BINARY8 = 0xa0;
const BINARY32 = 0xb0;
const INT = 0x71;
const LONG = 0x81;
const UUID = 0x98;
const TIMESTAMP = 0x83;
const MAP32 = 0xd1;
const LIST32 = 0xd0;
const NULL = 0x40;
const SMALL_ULONG = 0x53;

/** Writes values of AMQP [AMQP 1.6] one after the other into a buffer that it keeps and grows. */
export class AmqpWriter {
  private bytes = Buffer.allocUnsafe(FIRST_SIZE);
  private position = 0;

  /** Starts anew. */
  reset(): void {
    this.position = 0;
  }

  /** A copy of what was written, followed by `tail`. */
  finish(tail: Buffer): Buffer {
    const result = Buffer.allocUnsafe(this.position + tail.length);
    this.bytes.copy(result, 0, 0, this.position);
    tail.copy(result, this.position);
    return result;
  }

  /** The head of a section of a message: its value follows. */
  descriptor(code: number): void {
    this.room(3);
    this.bytes[this.position++] = 0;
    this.bytes[this.position++] = SMALL_ULONG;
    this.bytes[this.position++] = code;
  }

  /** Begins a map or list; `end` takes what this returns. */
  begin(kind: 'map' | 'list'): number {
    this.room(9);
    this.bytes[this.position] = kind === 'map' ? MAP32 : LIST32;
    this.position += 9;
    return this.position;
  }

  /** @param count of the items; a pair of a map is two */
  end(begun: number, count: number): void {
    this.bytes.writeUInt32BE(this.position - begun + 4, begun - 8);
    this.bytes.writeUInt32BE(count, begun - 4);
  }

  null(): void {
    this.room(1);
    this.bytes[this.position++] = NULL;
  }

  /** A value that is encoded already, its type code first. */
  raw(encoded: Buffer): void {
    this.room(encoded.length);
    this.position += encoded.copy(this.bytes, this.position);
  }

  int(value: number): void {
    this.room(5);
    this.bytes[this.position++] = INT;
    this.position = this.bytes.writeInt32BE(value, this.position);
  }

  /** @param value 16 bytes */
  uuid(value: Buffer): void {
    this.room(17);
    this.bytes[this.position++] = UUID;
    this.position += value.copy(this.bytes, this.position, 0, 16);
  }

  string(utf8: Buffer): void {
    this.variable(STRING8, STRING32, utf8);
  }

  symbol(ascii: Buffer): void {
    this.variable(SYMBOL8, SYMBOL32, ascii);
  }

  binary(value: Buffer): void {
    this.variable(BINARY8, BINARY32, value);
  }

  /** The head of a binary of `length` bytes, which the caller puts behind. */
  binaryHead(length: number): void {
    this.room(5);
    if (length < 256) {
      this.bytes[this.position++] = BINARY8;
      this.bytes[this.position++] = length;
    } else {
      this.bytes[this.position++] = BINARY32;
      this.position = this.bytes.writeUInt32BE(length, this.position);
    }
  }

  long(value: number): void {
    this.eightBytes(LONG, value);
  }

  /** @param ms since the Unix epoch */
  timestamp(ms: number): void {
    this.eightBytes(TIMESTAMP, ms);
  }

  /** Whole numbers that a double holds exactly. */
  private eightBytes(code: number, value: number): void {
    this.room(9);
    this.bytes[this.position++] = code;
    this.position = this.bytes.writeInt32BE(Math.floor(value / 2 ** 32), this.position);
    this.position = this.bytes.writeUInt32BE(value >>> 0, this.position);
  }

  private variable(small: number, large: number, value: Buffer): void {
    this.room(5 + value.length);
    if (value.length < 256) {
      this.bytes[this.position++] = small;
      this.bytes[this.position++] = value.length;
    } else {
      this.bytes[this.position++] = large;
      this.position = this.bytes.writeUInt32BE(value.length, this.position);
    }
    this.position += value.copy(this.bytes, this.position);
  }

  private room(count: number): void {
    const wanted = this.position + count;
    if (wanted > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(wanted, this.bytes.length * 2));
      this.bytes.copy(grown, 0, 0, this.position);
      this.bytes = grown;
    }
  }
}
