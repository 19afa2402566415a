import { ProtocolViolation } from '../errors/protocol-violation.js';
import { endOfValue } from './structure.js';

const NOTHING = Buffer.alloc(0);
const MAX_FIELDS = 20;
const NULL = 0x40;
const LIST0 = 0x45;
const LIST8 = 0xc0;
const LIST32 = 0xd0;

/**
 * Where the fields of a described list lie (a performative, a terminus, a section). One table serves a connection: it is
 * overwritten by the next frame, so that reading the frequent ones allocates nothing.
 */
export class FieldTable {
  private bytes: Buffer = NOTHING;
  /** Where each field begins, and the last one ends. Not a typed array, which is dear to make. */
  private readonly starts: number[] = [];
  private fieldCount = 0;
  /** Of the list: a number, or a symbol. */
  descriptor: number | string = 0;
  /** Where what follows the list begins. */
  end = 0;

  get count(): number {
    return this.fieldCount;
  }

  /** @throws ProtocolViolation if the bytes from `start` do not begin with a well-formed described list */
  read(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.end = endOfValue(bytes, start, end);
    if (bytes.readUInt8(start) !== 0) {
      throw new ProtocolViolation('structure', 'A described list was expected.', 'amqp:decode-error');
    }
    const list = this.readDescriptor(start + 1);
    let position = this.readCount(list);
    for (let field = 0; field < this.fieldCount; field++) {
      this.starts[field] = position;
      position = endOfValue(bytes, position, this.end);
    }
    this.starts[this.fieldCount] = position;
  }

  /** Type code of a field; null if it is absent. */
  code(field: number): number {
    return field < this.fieldCount ? this.bytes.readUInt8(this.starts[field] ?? 0) : NULL;
  }

  isNull(field: number): boolean {
    return this.code(field) === NULL;
  }

  /** The encoded value, its type code first; empty if it is absent. */
  raw(field: number): Buffer {
    return field < this.fieldCount ? this.bytes.subarray(this.starts[field], this.starts[field + 1]) : NOTHING;
  }

  /** An unsigned number of up to four bytes; undefined if absent. */
  uint(field: number): number | undefined {
    const at = (this.starts[field] ?? 0) + 1;
    switch (this.code(field)) {
      case 0x70:
        return this.bytes.readUInt32BE(at);
      case 0x60:
        return this.bytes.readUInt16BE(at);
      case 0x50:
      case 0x52:
        return this.bytes.readUInt8(at);
      case 0x43:
        return 0;
      default:
        return undefined;
    }
  }

  /** An unsigned number of up to eight bytes, perhaps rounded; undefined if absent. */
  ulong(field: number): number | undefined {
    const at = (this.starts[field] ?? 0) + 1;
    switch (this.code(field)) {
      case 0x80:
        return Number(this.bytes.readBigUInt64BE(at));
      case 0x53:
        return this.bytes.readUInt8(at);
      case 0x44:
        return 0;
      default:
        return undefined;
    }
  }

  boolean(field: number): boolean | undefined {
    switch (this.code(field)) {
      case 0x41:
        return true;
      case 0x42:
        return false;
      case 0x56:
        return this.bytes.readUInt8((this.starts[field] ?? 0) + 1) !== 0;
      default:
        return undefined;
    }
  }

  /** The bytes of a binary, string or symbol; undefined if absent or of a fixed width. */
  bytesOf(field: number): Buffer | undefined {
    const start = this.starts[field] ?? 0;
    switch (this.code(field) >>> 4) {
      case 0xa:
        return this.bytes.subarray(start + 2, this.starts[field + 1]);
      case 0xb:
        return this.bytes.subarray(start + 5, this.starts[field + 1]);
      default:
        return undefined;
    }
  }

  /** A string or symbol; undefined if absent or of another type. */
  text(field: number): string | undefined {
    return (this.code(field) & 0x0f) === 0x01 || (this.code(field) & 0x0f) === 0x03
      ? this.bytesOf(field)?.toString('utf8')
      : undefined;
  }

  private readDescriptor(start: number): number {
    const code = this.bytes.readUInt8(start);
    switch (code) {
      case 0x44:
        this.descriptor = 0;
        return start + 1;
      case 0x53:
        this.descriptor = this.bytes.readUInt8(start + 1);
        return start + 2;
      case 0x80:
        this.descriptor = Number(this.bytes.readBigUInt64BE(start + 1));
        return start + 9;
      default: {
        const end = endOfValue(this.bytes, start, this.end);
        this.descriptor = this.bytes.toString('latin1', start + (code === 0xa3 ? 2 : 5), end);
        return end;
      }
    }
  }

  private readCount(list: number): number {
    const code = this.bytes.readUInt8(list);
    if (code !== LIST0 && code !== LIST8 && code !== LIST32) {
      throw new ProtocolViolation('structure', 'A described list was expected.', 'amqp:decode-error');
    }
    this.fieldCount =
      code === LIST0 ? 0 : code === LIST8 ? this.bytes.readUInt8(list + 2) : this.bytes.readUInt32BE(list + 5);
    if (this.fieldCount > MAX_FIELDS) {
      throw new ProtocolViolation('structure', 'A list has too many fields.', 'amqp:decode-error');
    }
    return list + (code === LIST0 ? 1 : code === LIST8 ? 3 : 9);
  }
}
