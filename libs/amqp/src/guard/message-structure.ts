import { ProtocolViolation } from '../errors/protocol-violation.js';
import { FieldTable } from './field-table.js';
import { endOfValue } from './structure.js';

/** Descriptors of the sections of a message [AMQP 3.2]. */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

const SECTION_CODES = new Set<number>(Object.values(SECTION));

/** Codes that a section's value may have; a properties section in a map's place would confuse whoever decodes it. */
const VALUE_CODES = new Map<number, ReadonlySet<number> | undefined>([
  [SECTION.header, new Set([0x45, 0xc0, 0xd0])],
  [SECTION.deliveryAnnotations, new Set([0xc1, 0xd1])],
  [SECTION.messageAnnotations, new Set([0xc1, 0xd1])],
  [SECTION.properties, new Set([0x45, 0xc0, 0xd0])],
  [SECTION.applicationProperties, new Set([0xc1, 0xd1])],
  [SECTION.data, new Set([0xa0, 0xb0])],
  [SECTION.sequence, new Set([0x45, 0xc0, 0xd0])],
  [SECTION.value, undefined],
  [SECTION.footer, new Set([0xc1, 0xd1])],
]);

/** Where a section of a message lies. */
export interface Section {
  /** One of `SECTION`. */
  readonly code: number;
  readonly start: number;
  /** Where what it describes begins. */
  readonly value: number;
  readonly end: number;
}

/**
 * Finds the sections of a received message, checking the structure of each.
 *
 * @throws ProtocolViolation unless the message is a sequence of known sections
 */
export function messageSections(message: Buffer): Section[] {
  const sections: Section[] = [];
  let start = 0;
  while (start < message.length) {
    const end = endOfValue(message, start, message.length);
    const { descriptor, value } = sectionHead(message, start);
    if (!SECTION_CODES.has(descriptor) || VALUE_CODES.get(descriptor)?.has(message.readUInt8(value)) === false) {
      throw new ProtocolViolation('structure', 'A message has a section that is unknown.', 'amqp:decode-error');
    }
    sections.push({ code: descriptor, start, value, end });
    start = end;
  }
  return sections;
}

/**
 * Checks that a received message is a sequence of known sections and finds its properties.
 *
 * @returns the encoded properties section, if there is one
 * @throws ProtocolViolation
 */
export function checkMessage(message: Buffer): Buffer | undefined {
  const section = messageSections(message).findLast(({ code }) => code === SECTION.properties);
  return section === undefined ? undefined : message.subarray(section.start, section.end);
}

/** Of a value that was checked: its descriptor, if that is a number, and where what it describes begins. */
function sectionHead(message: Buffer, start: number): { descriptor: number; value: number } {
  if (message.readUInt8(start) === 0) {
    switch (message.readUInt8(start + 1)) {
      case 0x53:
        return { descriptor: message.readUInt8(start + 2), value: start + 3 };
      case 0x80:
        return { descriptor: Number(message.readBigUInt64BE(start + 2)), value: start + 10 };
    }
  }
  return { descriptor: -1, value: start };
}

/** The encoded message-id of a properties section; undefined if it has none. */
export function messageId(properties: Buffer): Buffer | undefined {
  const table = new FieldTable();
  table.read(properties, 0, properties.length);
  return table.isNull(0) ? undefined : table.raw(0);
}
