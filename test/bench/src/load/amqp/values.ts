/** Values of AMQP 1.0 [AMQP 1.6], encoded: as many as a device needs that sends telemetry. */

export const NULL = Buffer.from([0x40]);
export const TRUE = Buffer.from([0x41]);
export const FALSE = Buffer.from([0x42]);

export function ubyte(value: number): Buffer {
  return Buffer.from([0x50, value]);
}

export function uint(value: number): Buffer {
  const bytes = Buffer.from([0x70, 0, 0, 0, 0]);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

export function text(value: string): Buffer {
  return variable(0xb1, Buffer.from(value));
}

export function symbol(value: string): Buffer {
  return variable(0xb3, Buffer.from(value, 'latin1'));
}

export function binary(value: Buffer): Buffer {
  return variable(0xb0, value);
}

export function map(entries: Readonly<Record<string, Buffer>>): Buffer {
  return compound(
    0xd1,
    Object.entries(entries).flatMap(([name, value]) => [text(name), value]),
  );
}

export function described(descriptor: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0x53, descriptor]), value]);
}

export function describedList(descriptor: number, fields: readonly Buffer[]): Buffer {
  return described(descriptor, compound(0xd0, fields));
}

function variable(code: number, value: Buffer): Buffer {
  const head = Buffer.from([code, 0, 0, 0, 0]);
  head.writeUInt32BE(value.length, 1);
  return Buffer.concat([head, value]);
}

function compound(code: number, items: readonly Buffer[]): Buffer {
  const body = Buffer.concat(items);
  const head = Buffer.alloc(9);
  head[0] = code;
  head.writeUInt32BE(body.length + 4, 1);
  head.writeUInt32BE(items.length, 5);
  return Buffer.concat([head, body]);
}
