import { isUtf8 } from 'node:buffer';
import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';

/** Of the body alone; the queue counts properties too. */
const MAX_BODY_BYTES = 64 * 1024;
const PROPERTY_PREFIX = 'iothub-app-';

const ACKS: Readonly<Record<string, c2dqueue.Ack>> = {
  none: c2dqueue.Ack.NONE,
  positive: c2dqueue.Ack.POSITIVE,
  negative: c2dqueue.Ack.NEGATIVE,
  full: c2dqueue.Ack.FULL,
};

/**
 * A cloud-to-device message from an HTTP request.
 * @param rawHeaders names and values in turn, as they came: names of properties keep their case
 * @throws HubError `ArgumentInvalid`, `MessageTooLarge`
 */
export function c2dMessageFrom(rawHeaders: readonly string[], body: Buffer): c2dqueue.Message {
  if (body.length > MAX_BODY_BYTES) {
    throw new HubError('MessageTooLarge', `A message has at most ${MAX_BODY_BYTES} bytes.`);
  }
  const system = new Map<string, string>();
  const properties: c2dqueue.Property[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = headerText(rawHeaders[index + 1] ?? '');
    const folded = name.toLowerCase();
    if (!folded.startsWith(PROPERTY_PREFIX)) {
      system.set(folded, value);
    } else if (folded !== PROPERTY_PREFIX) {
      properties.push({ name: name.slice(PROPERTY_PREFIX.length), value });
    }
  }
  const text = (...names: readonly string[]) => names.map((name) => system.get(name)).find(Boolean) ?? '';
  return {
    messageId: text('iothub-messageid'),
    correlationId: text('iothub-correlationid'),
    userId: text('iothub-userid'),
    contentType: text('iothub-contenttype', 'contenttype'),
    contentEncoding: text('iothub-contentencoding', 'contentencoding'),
    expiryTimeMs: expiryFrom(text('iothub-expiry')),
    ack: ackFrom(text('iothub-ack')),
    properties,
    body,
  };
}

/** Node.js reads headers as Latin-1, which most clients do not mean: what is UTF-8 is taken as that. */
function headerText(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
}

/** ISO 8601, in UTC where it names no zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/i;

function expiryFrom(text: string): number {
  if (text === '') {
    return 0;
  }
  const zone = TIME.exec(text);
  const time = zone === null ? Number.NaN : Date.parse(zone[1] === undefined ? `${text}Z` : text);
  // The queue takes 0 for none.
  if (!(time > 0)) {
    throw new HubError('ArgumentInvalid', 'iothub-expiry must be a time to come, e.g. 2026-05-04T10:00:00Z.');
  }
  return time;
}

function ackFrom(text: string): c2dqueue.Ack {
  if (text === '') {
    return c2dqueue.Ack.UNSPECIFIED;
  }
  const folded = text.toLowerCase();
  const ack = Object.hasOwn(ACKS, folded) ? ACKS[folded] : undefined;
  if (ack === undefined) {
    throw new HubError('ArgumentInvalid', 'iothub-ack must be none, positive, negative or full.');
  }
  return ack;
}
