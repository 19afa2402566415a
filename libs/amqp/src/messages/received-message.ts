import { HubError } from '@mooring/errors';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { FieldTable } from '../guard/field-table.js';
import { messageSections, SECTION, type Section } from '../guard/message-structure.js';
import { endOfValue } from '../guard/structure.js';
import { readScalar, type Scalar } from './scalar.js';

const NOTHING = Buffer.alloc(0);
const NO_FIELDS = new FieldTable();

/** Places of the fields of a properties section [AMQP 3.2.4]. */
const PROPERTIES = {
  messageId: 0,
  userId: 1,
  to: 2,
  subject: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  contentEncoding: 7,
  absoluteExpiryTime: 8,
  creationTime: 9,
} as const;

export type PropertyName = keyof typeof PROPERTIES;

export type MessageBody =
  | { readonly kind: 'none' | 'sequence' }
  /** All data sections, one after the other; a copy. */
  | { readonly kind: 'data'; readonly value: Buffer }
  /** Undefined: a value that is not simple. */
  | { readonly kind: 'value'; readonly value: Scalar | undefined };

/** A message that a client sent. Its sections are decoded as they are asked for. */
export class ReceivedMessage {
  private table: FieldTable | undefined;

  private constructor(
    private readonly bytes: Buffer,
    private readonly sections: readonly Section[],
  ) {}

  /** @throws HubError `ArgumentInvalid` unless the bytes are the sections of one message, each in its place [AMQP 3.2] */
  static read(bytes: Buffer): ReceivedMessage {
    try {
      const sections = messageSections(bytes);
      checkOrder(sections);
      return new ReceivedMessage(bytes, sections);
    } catch (error) {
      if (error instanceof ProtocolViolation) {
        throw malformed(error);
      }
      throw error;
    }
  }

  /**
   * A field of the properties section; undefined if it is absent or null.
   *
   * @throws HubError `ArgumentInvalid` if it is not simple
   */
  property(name: PropertyName): Scalar | undefined {
    this.table ??= this.readProperties();
    const field = PROPERTIES[name];
    if (this.table.isNull(field)) {
      return undefined;
    }
    const raw = this.table.raw(field);
    const scalar = readScalar(raw, 0, raw.length);
    if (scalar === undefined) {
      throw malformed();
    }
    return scalar;
  }

  /** A field of the properties section as it was encoded, its type code first; empty if it is absent. */
  rawProperty(name: PropertyName): Buffer {
    this.table ??= this.readProperties();
    const field = PROPERTIES[name];
    return this.table.isNull(field) ? NOTHING : this.table.raw(field);
  }

  /**
   * The application properties in the order in which they were sent. A value that is undefined is not a simple one.
   *
   * @throws HubError `ArgumentInvalid` if a name is not text
   */
  applicationProperties(): (readonly [name: string, value: Scalar | undefined])[] {
    return this.pairsOf(SECTION.applicationProperties);
  }

  /** The message annotations, in the same way. */
  annotations(): (readonly [name: string, value: Scalar | undefined])[] {
    return this.pairsOf(SECTION.messageAnnotations);
  }

  body(): MessageBody {
    const parts = this.sections.filter(({ code }) => code >= SECTION.data && code <= SECTION.value);
    switch (parts[0]?.code) {
      case undefined:
        return { kind: 'none' };
      case SECTION.data:
        return { kind: 'data', value: Buffer.concat(parts.map((part) => this.dataOf(part))) };
      case SECTION.value:
        return { kind: 'value', value: readScalar(this.bytes, parts[0].value, parts[0].end) };
      default:
        return { kind: 'sequence' };
    }
  }

  /**
   * The body as bytes: data, or a string or binary as a value; none is no bytes. A copy.
   *
   * @throws HubError `ArgumentInvalid` for any other body
   */
  bodyBytes(): Buffer {
    const body = this.body();
    switch (body.kind) {
      case 'none':
        return NOTHING;
      case 'data':
        return body.value;
      case 'value':
        switch (body.value?.kind) {
          case 'null':
            return NOTHING;
          case 'string':
            return Buffer.from(body.value.value, 'utf8');
          case 'binary':
            return Buffer.from(body.value.value);
        }
    }
    throw new HubError('ArgumentInvalid', 'The body of the message must be data, a string or a binary.');
  }

  /** Each data section of the body by itself: of a batch, the messages. Slices of what was received. */
  dataSections(): Buffer[] {
    return this.sections.filter(({ code }) => code === SECTION.data).map((part) => this.dataOf(part));
  }

  private pairsOf(code: number): (readonly [name: string, value: Scalar | undefined])[] {
    const section = this.find(code);
    const pairs: (readonly [string, Scalar | undefined])[] = [];
    if (section === undefined) {
      return pairs;
    }
    const { value, end } = section;
    let position = value + (this.bytes.readUInt8(value) === 0xc1 ? 3 : 9);
    while (position < end) {
      const afterName = endOfValue(this.bytes, position, end);
      const name = readScalar(this.bytes, position, afterName);
      position = endOfValue(this.bytes, afterName, end);
      if (name?.kind !== 'string' && name?.kind !== 'symbol') {
        throw malformed();
      }
      pairs.push([name.value, readScalar(this.bytes, afterName, position)]);
    }
    return pairs;
  }

  private readProperties(): FieldTable {
    const section = this.find(SECTION.properties);
    if (section === undefined) {
      return NO_FIELDS;
    }
    const table = new FieldTable();
    try {
      table.read(this.bytes, section.start, section.end);
    } catch (error) {
      throw malformed(error);
    }
    return table;
  }

  private find(wanted: number): Section | undefined {
    return this.sections.find(({ code }) => code === wanted);
  }

  private dataOf({ value, end }: Section): Buffer {
    return this.bytes.subarray(value + (this.bytes.readUInt8(value) === 0xa0 ? 2 : 5), end);
  }
}

/** Sections have an order, and only those of a body in several parts are repeated. */
function checkOrder(sections: readonly Section[]): void {
  let last = 0;
  let body = 0;
  for (const { code } of sections) {
    const isBody = code >= SECTION.data && code <= SECTION.value;
    const repeats = code === last && (code === SECTION.data || code === SECTION.sequence);
    if ((code <= last && !repeats) || (isBody && body !== 0 && body !== code)) {
      throw malformed();
    }
    body = isBody ? code : body;
    last = code;
  }
}

function malformed(cause?: unknown): HubError {
  return new HubError('ArgumentInvalid', 'The message is malformed.', cause === undefined ? {} : { cause });
}
