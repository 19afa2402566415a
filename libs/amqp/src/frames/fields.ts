/** Encoded values of the types that fields of performatives have [AMQP 1.6]. */

export const NULL = Buffer.from([0x40]);
export const FALSE = Buffer.from([0x42]);
export const TRUE = Buffer.from([0x41]);

export function ubyte(value: number): Buffer {
  return Buffer.from([0x50, value]);
}

export function ushort(value: number): Buffer {
  return Buffer.from([0x60, value >>> 8, value & 0xff]);
}

export function uint(value: number): Buffer {
  return Buffer.from([0x70, value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
}

export function ulong(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = 0x80;
  bytes.writeBigUInt64BE(BigInt(value), 1);
  return bytes;
}

export function string(value: string): Buffer {
  const utf8 = Buffer.from(value, 'utf8');
  const head = Buffer.allocUnsafe(5);
  head[0] = 0xb1;
  head.writeUInt32BE(utf8.length, 1);
  return Buffer.concat([head, utf8]);
}
