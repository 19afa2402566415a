import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Of the process that sent it. */
  readonly resource: ReadonlyMap<string, string>;
}

/** Fields of a message by their number: bytes of those that have a length; all others are left out. */
type Fields = ReadonlyMap<number, readonly Uint8Array[]>;

/** The spans of an ExportTraceServiceRequest (opentelemetry/proto/collector/trace/v1); attributes that are no text are left out. */
export function decodeTraces(bytes: Uint8Array): ReceivedSpan[] {
  return all(fields(bytes), 1).flatMap((resourceSpans) => {
    const within = fields(resourceSpans);
    const resource = new Map(all(within, 1).flatMap((one) => all(fields(one), 1).map(keyValue)));
    return all(within, 2)
      .flatMap((scopeSpans) => all(fields(scopeSpans), 2))
      .map((span) => ({ ...readSpan(fields(span)), resource }));
  });
}

function readSpan(span: Fields): Omit<ReceivedSpan, 'resource'> {
  return {
    traceId: hex(one(span, 1)),
    spanId: hex(one(span, 2)),
    parentSpanId: hex(one(span, 4)),
    name: text(one(span, 5)),
    attributes: new Map(all(span, 9).map(keyValue)),
  };
}

function keyValue(bytes: Uint8Array): [string, string] {
  const read = fields(bytes);
  return [text(one(read, 1)), text(one(fields(one(read, 2)), 1))];
}

function fields(bytes: Uint8Array): Fields {
  const found = new Map<number, Uint8Array[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.LengthDelimited) {
      found.set(number, [...(found.get(number) ?? []), reader.bytes()]);
    } else {
      reader.skip(type, number);
    }
  }
  return found;
}

function all(message: Fields, number: number): readonly Uint8Array[] {
  return message.get(number) ?? [];
}

function one(message: Fields, number: number): Uint8Array {
  return all(message, number)[0] ?? new Uint8Array();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
