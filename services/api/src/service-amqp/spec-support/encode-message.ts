import rhea, { type Typed } from 'rhea';

/** What rhea has beyond its typings. */
interface Codec {
  readonly Writer: new () => { write(value: Typed): void; toBuffer(): Buffer };
  wrap(value: unknown): Typed;
}

/** A body of several sections, as rhea makes it. */
interface Sections {
  collect_sections(sections: unknown[]): void;
}

const { types } = rhea;
const codec = types as unknown as Codec;

const SECTION = { properties: 0x73, applicationProperties: 0x74, value: 0x77 } as const;
const FIELDS = [
  'message_id',
  'user_id',
  'to',
  'subject',
  'reply_to',
  'correlation_id',
  'content_type',
  'content_encoding',
  'absolute_expiry_time',
] as const;

/** Encodes a message as rhea does, but leaves the fields of its properties the types that they are given with. */
export function encodeMessage(message: Readonly<Record<string, unknown>>): Buffer {
  const { application_properties: properties, body = null } = message;
  const fields = types.wrap_list(FIELDS.map((field) => message[field] ?? null));
  const sections: unknown[] = [described(SECTION.properties, fields)];
  if (typeof properties === 'object' && properties !== null) {
    sections.push(described(SECTION.applicationProperties, types.wrap_map(properties)));
  }
  if (isSections(body)) {
    body.collect_sections(sections);
  } else {
    sections.push(described(SECTION.value, codec.wrap(body)));
  }
  const writer = new codec.Writer();
  for (const section of sections) {
    writer.write(section as Typed);
  }
  return writer.toBuffer();
}

function described(code: number, value: unknown): unknown {
  return types.described(types.wrap_ulong(code), value);
}

function isSections(body: unknown): body is Sections {
  return typeof body === 'object' && body !== null && 'collect_sections' in body;
}
