/** A simple value of AMQP [AMQP 1.6] with what its type means; widths and short forms make no difference. */
export type Scalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** A bigint only where a number would not be exact. */
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  /** Milliseconds since the Unix epoch. */
  | { readonly kind: 'timestamp'; readonly value: number | bigint }
  | { readonly kind: 'string' | 'symbol' | 'char'; readonly value: string }
  /** A slice of what was received. */
  | { readonly kind: 'binary' | 'uuid'; readonly value: Buffer };

const NULL: Scalar = { kind: 'null' };
const TRUE: Scalar = { kind: 'boolean', value: true };
const FALSE: Scalar = { kind: 'boolean', value: false };
const ZERO: Scalar = { kind: 'integer', value: 0 };

/**
 * Reads the value at `start`, which was checked to be well formed and ends at `end`.
 *
 * @returns undefined if it is of another type: described, a decimal, a list, a map or an array
 */
export function readScalar(bytes: Buffer, start: number, end: number): Scalar | undefined {
  const at = start + 1;
  switch (bytes.readUInt8(start)) {
    case 0x40:
      return NULL;
    case 0x41:
      return TRUE;
    case 0x42:
      return FALSE;
    case 0x43:
    case 0x44:
      return ZERO;
    case 0x56:
      return bytes.readUInt8(at) === 0 ? FALSE : TRUE;
    case 0x50:
    case 0x52:
    case 0x53:
      return { kind: 'integer', value: bytes.readUInt8(at) };
    case 0x51:
    case 0x54:
    case 0x55:
      return { kind: 'integer', value: bytes.readInt8(at) };
    case 0x60:
      return { kind: 'integer', value: bytes.readUInt16BE(at) };
    case 0x61:
      return { kind: 'integer', value: bytes.readInt16BE(at) };
    case 0x70:
      return { kind: 'integer', value: bytes.readUInt32BE(at) };
    case 0x71:
      return { kind: 'integer', value: bytes.readInt32BE(at) };
    case 0x80:
      return { kind: 'integer', value: exact(bytes.readBigUInt64BE(at)) };
    case 0x81:
      return { kind: 'integer', value: exact(bytes.readBigInt64BE(at)) };
    case 0x83:
      return { kind: 'timestamp', value: exact(bytes.readBigInt64BE(at)) };
    case 0x72:
      return { kind: 'float', value: bytes.readFloatBE(at) };
    case 0x82:
      return { kind: 'float', value: bytes.readDoubleBE(at) };
    case 0x73:
      return { kind: 'char', value: character(bytes.readUInt32BE(at)) };
    case 0x98:
      return { kind: 'uuid', value: bytes.subarray(at, end) };
    case 0xa0:
      return { kind: 'binary', value: bytes.subarray(at + 1, end) };
    case 0xb0:
      return { kind: 'binary', value: bytes.subarray(at + 4, end) };
    case 0xa1:
      return { kind: 'string', value: bytes.toString('utf8', at + 1, end) };
    case 0xb1:
      return { kind: 'string', value: bytes.toString('utf8', at + 4, end) };
    case 0xa3:
      return { kind: 'symbol', value: bytes.toString('latin1', at + 1, end) };
    case 0xb3:
      return { kind: 'symbol', value: bytes.toString('latin1', at + 4, end) };
    default:
      return undefined;
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** U+FFFD for what is no character. */
function character(codePoint: number): string {
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '\ufffd';
}
