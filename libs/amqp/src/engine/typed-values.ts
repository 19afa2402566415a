import rhea, { type Typed } from 'rhea';

export type { Typed };

/** rhea's reader and writer of single values, which its typings leave out. */
interface ValueCodec {
  readonly Reader: new (bytes: Buffer) => { read(): Typed };
  readonly Writer: new () => { write(value: Typed): void; toBuffer(): Buffer };
}

const codec = rhea.types as unknown as ValueCodec;

/** Makes values of exact AMQP types, e.g. `amqpTypes.wrap_long(5)`. */
export const amqpTypes = rhea.types;

export function encodeValue(value: Typed): Buffer {
  const writer = new codec.Writer();
  writer.write(value);
  return writer.toBuffer();
}

/** Decodes one value that was checked to be well formed; its AMQP type is kept, so that it can be sent back as it came. */
export function decodeValue(bytes: Buffer): Typed {
  return new codec.Reader(bytes).read();
}

/** The plain value of a typed one: number, string, Date, Buffer, array or object. */
export function plainValue(value: unknown): unknown {
  return rhea.types.unwrap(value);
}
