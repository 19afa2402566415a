import { isUtf8 } from 'node:buffer';
import { HubError } from '@mooring/errors';
import { newHeaders } from '@mooring/messages';
import { addProperty } from './message-properties.js';
import type { TelemetryMessage } from './telemetry-message.js';

const MEDIA_TYPE = /^application\/vnd\.microsoft\.iothub\.json\s*(?:;|$)/i;
const MAX_MESSAGES = 500;

export function isBatch(contentType: string | undefined): boolean {
  return contentType !== undefined && MEDIA_TYPE.test(contentType);
}

/**
 * Reads the messages of a batch: a JSON array of `{"body", "base64Encoded"?, "properties"?}`. A body is base64 unless it is said
 * not to be; properties have the names that they have as headers.
 *
 * @throws HubError `DeserializationError` if it is no JSON, `ArgumentInvalid` if it is another
 */
export function readBatch(bytes: Buffer): TelemetryMessage[] {
  const batch = parsed(bytes);
  if (!Array.isArray(batch) || batch.length === 0 || batch.length > MAX_MESSAGES) {
    throw invalid(`A batch is an array of 1 to ${MAX_MESSAGES} messages.`);
  }
  return batch.map(messageOf);
}

function parsed(bytes: Buffer): unknown {
  try {
    if (isUtf8(bytes)) {
      return JSON.parse(bytes.toString());
    }
  } catch (error) {
    throw new HubError('DeserializationError', 'The body is not JSON.', { cause: error });
  }
  throw new HubError('DeserializationError', 'The body is not UTF-8.');
}

function messageOf(value: unknown): TelemetryMessage {
  const message = membersOf(value, 'A message of a batch');
  const encoded = message.get('base64Encoded') ?? true;
  const text = message.get('body');
  if (typeof text !== 'string' || typeof encoded !== 'boolean') {
    throw invalid('A message of a batch has a body, which is text; base64Encoded is true or false.');
  }
  const body = encoded ? fromBase64(text) : Buffer.from(text);
  const properties = newHeaders();
  let size = body.length;
  for (const [name, property] of membersOf(message.get('properties') ?? {}, 'What holds the properties')) {
    if (typeof property !== 'string') {
      throw invalid('Properties of messages are text.');
    }
    size += addProperty(name, property, properties);
  }
  return { properties, body, size };
}

function membersOf(value: unknown, what: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${what} is a JSON object.`);
  }
  return new Map(Object.entries(value));
}

/** Only what base64 is made of (RFC 4648, section 4): anything else would be dropped in silence. */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    throw invalid('The body of a message is not base64.');
  }
  return bytes;
}

function invalid(message: string): HubError {
  return new HubError('ArgumentInvalid', message);
}
