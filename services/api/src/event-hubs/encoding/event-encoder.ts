import { AmqpWriter } from '@mooring/amqp';
import type { StoredRecord } from '@mooring/event-log';
import { type HeaderKind, headerKind, PROPERTY_FIELDS } from './header-kinds.js';

const DELIVERY_ANNOTATIONS = 0x71;
const MESSAGE_ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const DATA = 0x75;

const SEQUENCE_NUMBER = Buffer.from('x-opt-sequence-number');
const OFFSET = Buffer.from('x-opt-offset');
const ENQUEUED_TIME = Buffer.from('x-opt-enqueued-time');
const LAST_SEQUENCE_NUMBER = Buffer.from('last_enqueued_sequence_number');
const LAST_OFFSET = Buffer.from('last_enqueued_offset');
const LAST_TIME = Buffer.from('last_enqueued_time_utc');
const RETRIEVAL_TIME = Buffer.from('runtime_info_retrieval_time_utc');
const NOTHING = Buffer.alloc(0);

const writer = new AmqpWriter();
/** Readers of a partition that share a tail of the log share its records, and so their encoding. */
const encoded = new WeakMap<StoredRecord, Buffer>();

/** An event as an AMQP message: the record's stamps, properties, application properties and value, nothing else. */
export function encodeEvent(record: StoredRecord): Buffer {
  let message = encoded.get(record);
  if (message === undefined) {
    message = encode(record);
    encoded.set(record, message);
  }
  return message;
}

/** What a partition ended with when somebody looked. */
export interface PartitionEnd {
  readonly offset: number;
  readonly timestamp: number;
  readonly lookedAt: number;
}

/** The section before an event that tells a receiver who asks for it how far behind it is. */
export function encodePartitionEnd({ offset, timestamp, lookedAt }: PartitionEnd): Buffer {
  writer.reset();
  writer.descriptor(DELIVERY_ANNOTATIONS);
  const map = writer.begin('map');
  writer.symbol(LAST_SEQUENCE_NUMBER);
  writer.long(offset);
  writer.symbol(LAST_OFFSET);
  writer.string(Buffer.from(String(offset)));
  writer.symbol(LAST_TIME);
  writer.timestamp(timestamp);
  writer.symbol(RETRIEVAL_TIME);
  writer.timestamp(lookedAt);
  writer.end(map, 8);
  return writer.finish(NOTHING);
}

interface Sorted {
  readonly annotations: [Buffer, Buffer, boolean][];
  readonly application: [Buffer, Buffer][];
  properties: (readonly [HeaderKind & { section: 'property' }, Buffer])[] | undefined;
}

function encode(record: StoredRecord): Buffer {
  const sorted = sortHeaders(record.headers);
  writer.reset();
  writeAnnotations(record, sorted);
  writeProperties(sorted);
  if (sorted.application.length > 0) {
    writer.descriptor(APPLICATION_PROPERTIES);
    const map = writer.begin('map');
    for (const [name, value] of sorted.application) {
      writer.string(name);
      writer.string(value);
    }
    writer.end(map, sorted.application.length * 2);
  }
  writer.descriptor(DATA);
  writer.binaryHead(record.value.length);
  return writer.finish(record.value);
}

function sortHeaders(headers: StoredRecord['headers']): Sorted {
  const sorted: Sorted = { annotations: [], application: [], properties: undefined };
  for (const header of Object.keys(headers)) {
    const value = headers[header] ?? NOTHING;
    const kind = headerKind(header);
    if (kind.section === 'annotation') {
      sorted.annotations.push([kind.name, value, kind.time]);
    } else if (kind.section === 'application') {
      sorted.application.push([kind.name, value]);
    } else {
      sorted.properties ??= [];
      sorted.properties[kind.field] = [kind, value];
    }
  }
  return sorted;
}

function writeAnnotations({ offset, timestamp }: StoredRecord, { annotations }: Sorted): void {
  writer.descriptor(MESSAGE_ANNOTATIONS);
  const map = writer.begin('map');
  let count = 6;
  writer.symbol(SEQUENCE_NUMBER);
  writer.long(offset);
  writer.symbol(OFFSET);
  writer.string(Buffer.from(String(offset)));
  writer.symbol(ENQUEUED_TIME);
  writer.timestamp(timestamp);
  for (const [name, value, isTime] of annotations) {
    const ms = isTime ? Date.parse(value.toString('latin1')) : Number.NaN;
    writer.symbol(name);
    if (Number.isNaN(ms)) {
      writer.string(value);
    } else {
      writer.timestamp(ms);
    }
    count += 2;
  }
  writer.end(map, count);
}

/** No section at all where the device set nothing: Python's helpers take an empty one for one with a content type. */
function writeProperties({ properties }: Sorted): void {
  if (properties === undefined) {
    return;
  }
  writer.descriptor(PROPERTIES);
  const list = writer.begin('list');
  for (let field = 0; field < PROPERTY_FIELDS; field++) {
    const property = properties[field];
    if (property === undefined) {
      writer.null();
    } else {
      writeProperty(property[0].type, property[1]);
    }
  }
  writer.end(list, PROPERTY_FIELDS);
}

function writeProperty(type: 'string' | 'symbol' | 'binary' | 'timestamp', value: Buffer): void {
  if (type !== 'timestamp') {
    writer[type](value);
    return;
  }
  const ms = Date.parse(value.toString('latin1'));
  if (Number.isNaN(ms)) {
    writer.null();
  } else {
    writer.timestamp(ms);
  }
}
