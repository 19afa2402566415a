import { HubError } from '@mooring/errors';
import { ANNOTATION, applicationPropertyHeader, type MutableHeaders, PROPERTY } from '@mooring/messages';

const APPLICATION_PREFIX = 'iothub-app-';

/** Headers of records by the names that system properties have in requests, lower case. Others are not of the message. */
const HEADER_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['iothub-messageid', PROPERTY.messageId],
  ['iothub-correlationid', PROPERTY.correlationId],
  ['iothub-userid', PROPERTY.userId],
  ['iothub-to', PROPERTY.to],
  ['iothub-expiry', PROPERTY.absoluteExpiryTime],
  ['iothub-contenttype', PROPERTY.contentType],
  ['iothub-contentencoding', PROPERTY.contentEncoding],
  ['iothub-interface-id', ANNOTATION.interfaceId],
  ['dt-subject', ANNOTATION.subject],
  ['iothub-creation-time-utc', 'iothub-creation-time-utc'],
  // As .NET spells it.
  ['iothub-creationtimeutc', 'iothub-creation-time-utc'],
  ['iothub-ack', 'iothub-ack'],
  ['iothub-outputname', 'iothub-outputname'],
  ['iothub-message-schema', 'iothub-message-schema'],
]);

/**
 * Adds a property as a request names it, in a header or in a batch, to the headers of a record. What is none of the message's
 * is left out. Names of application properties keep their case.
 *
 * @returns the bytes that it adds to the size of the message
 * @throws HubError `ArgumentInvalid` if it has no name, is there already, or is a time that is none
 */
export function addProperty(name: string, value: string, headers: MutableHeaders): number {
  const header = headerOf(name);
  if (header === undefined) {
    return 0;
  }
  if (header in headers) {
    throw invalid('A property of a message is there more than once.');
  }
  headers[header] = header === PROPERTY.absoluteExpiryTime ? isoTime(value) : value;
  return Buffer.byteLength(name) + Buffer.byteLength(value);
}

function headerOf(name: string): string | undefined {
  const lowerCase = name.toLowerCase();
  if (!lowerCase.startsWith(APPLICATION_PREFIX)) {
    return HEADER_BY_NAME.get(lowerCase);
  }
  if (name.length === APPLICATION_PREFIX.length) {
    throw invalid('An application property has no name.');
  }
  return applicationPropertyHeader(name.slice(APPLICATION_PREFIX.length));
}

/** SDKs write times as their languages do. */
function isoTime(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw invalid('The expiry of a message is not a time.');
  }
  return new Date(time).toISOString();
}

function invalid(message: string): HubError {
  return new HubError('ArgumentInvalid', message);
}
