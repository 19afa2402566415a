import type { StoredRecord } from '@mooring/event-log';
import { applicationPropertyName } from './headers.js';
import { ANNOTATION, PROPERTY } from './system-headers.js';

export type MessageProperties = Readonly<Partial<Record<keyof typeof PROPERTY, string>>>;

/** A record of the event log as a reader wants it: its headers sorted into what they are. */
export interface HubMessage {
  readonly properties: MessageProperties;
  /** By header name, e.g. `iothub-connection-device-id`. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly applicationProperties: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const propertyByHeader = new Map(
  Object.entries(PROPERTY).map(([name, header]) => [header as string, name as keyof MessageProperties]),
);
const annotationHeaders = new Set<string>(Object.values(ANNOTATION));

/** Sorts a record's headers. */
export function readMessage(record: StoredRecord): HubMessage {
  const properties: Partial<Record<keyof typeof PROPERTY, string>> = {};
  const annotations = new Map<string, string>();
  const applicationProperties = new Map<string, string>();
  for (const header of Object.keys(record.headers)) {
    const value = record.headers[header]?.toString('utf8') ?? '';
    const property = propertyByHeader.get(header);
    if (property !== undefined) {
      properties[property] = value;
    } else if (annotationHeaders.has(header)) {
      annotations.set(header, value);
    } else {
      applicationProperties.set(applicationPropertyName(header) ?? header, value);
    }
  }
  return { properties, annotations, applicationProperties, body: record.value };
}
