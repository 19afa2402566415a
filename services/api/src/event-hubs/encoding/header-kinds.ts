import { ANNOTATION, applicationPropertyName, PROPERTY } from '@mooring/messages';

/** How a header of a record appears in an event. */
export type HeaderKind =
  /** A message annotation; its name encoded. */
  | { readonly section: 'annotation'; readonly name: Buffer; readonly time: boolean }
  /** A field of the properties section, by its position [AMQP 3.2.4]. */
  | {
      readonly section: 'property';
      readonly field: number;
      readonly type: 'string' | 'symbol' | 'binary' | 'timestamp';
    }
  | { readonly section: 'application'; readonly name: Buffer };

/** Fields of the properties section up to the last that a device can set. */
export const PROPERTY_FIELDS = 9;

const PROPERTY_KINDS: readonly (readonly [string, number, 'string' | 'symbol' | 'binary' | 'timestamp'])[] = [
  // A string even where the device sent a uuid: clients compare it with what they gave the device's client.
  [PROPERTY.messageId, 0, 'string'],
  [PROPERTY.userId, 1, 'binary'],
  [PROPERTY.to, 2, 'string'],
  [PROPERTY.correlationId, 5, 'string'],
  [PROPERTY.contentType, 6, 'symbol'],
  [PROPERTY.contentEncoding, 7, 'symbol'],
  [PROPERTY.absoluteExpiryTime, 8, 'timestamp'],
];

const reserved = new Map<string, HeaderKind>([
  ...Object.values(ANNOTATION).map(
    (header) =>
      [header, { section: 'annotation', name: Buffer.from(header), time: header === ANNOTATION.enqueuedTime }] as const,
  ),
  ...PROPERTY_KINDS.map(([header, field, type]) => [header, { section: 'property', field, type }] as const),
]);

/** What a header is; all names that the hub does not write itself are application properties. */
export function headerKind(header: string): HeaderKind {
  return (
    reserved.get(header) ?? { section: 'application', name: Buffer.from(applicationPropertyName(header) ?? header) }
  );
}
