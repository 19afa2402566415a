import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import { MAX_MESSAGE_BYTES, MAX_TIME_TO_LIVE_MS } from '../limits.js';
import type { AckKind } from '../queue/queue-head.js';

const MAX_MESSAGE_ID_LENGTH = 128;
const MAX_PROPERTIES = 100;
const MAX_PROPERTY_NAME_LENGTH = 256;
/** As they are in an MQTT topic, which holds 65,535 bytes at most. */
const MAX_ENCODED_PROPERTIES_BYTES = 32 * 1024;
/** Neither an HTTP header nor an MQTT topic may hold them. */
const CONTROL_CHARACTER = /\p{Cc}/u;

const ACKS = new Map<c2dqueue.Ack, AckKind>([
  [c2dqueue.Ack.UNSPECIFIED, 'none'],
  [c2dqueue.Ack.NONE, 'none'],
  [c2dqueue.Ack.POSITIVE, 'positive'],
  [c2dqueue.Ack.NEGATIVE, 'negative'],
  [c2dqueue.Ack.FULL, 'full'],
]);

export interface AcceptableMessage {
  /** With the expiry that is in force. */
  readonly message: c2dqueue.Message;
  readonly ack: AckKind;
  readonly size: number;
}

/**
 * What a sender may give, in the form that is kept.
 *
 * @throws HubError `ArgumentInvalid`, `MessageTooLarge`
 */
export function acceptable(
  message: c2dqueue.Message | undefined,
  { now, timeToLiveMs }: { readonly now: number; readonly timeToLiveMs: number },
): AcceptableMessage {
  if (message === undefined) {
    throw invalid('There is no message.');
  }
  const ack = ACKS.get(message.ack);
  if (ack === undefined) {
    throw invalid('The kind of acknowledgement must be none, positive, negative or full.');
  }
  const size = checkSize(message);
  checkTexts(message);
  return { message: { ...message, expiryTimeMs: expiryOf(message, now, timeToLiveMs) }, ack, size };
}

function expiryOf({ expiryTimeMs }: c2dqueue.Message, now: number, timeToLiveMs: number): number {
  if (expiryTimeMs === 0) {
    return now + timeToLiveMs;
  }
  if (!Number.isSafeInteger(expiryTimeMs) || expiryTimeMs <= now) {
    throw invalid('The expiry of a message must be in the future.');
  }
  if (expiryTimeMs > now + MAX_TIME_TO_LIVE_MS) {
    throw invalid('The expiry of a message must be within two days.');
  }
  return expiryTimeMs;
}

function checkSize(message: c2dqueue.Message): number {
  const { properties, body } = message;
  if (properties.length > MAX_PROPERTIES) {
    throw invalid(`A message has at most ${MAX_PROPERTIES} properties.`);
  }
  let size = body.length;
  for (const text of systemProperties(message)) {
    size += Buffer.byteLength(text);
  }
  for (const { name, value } of properties) {
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (size > MAX_MESSAGE_BYTES) {
    throw new HubError('MessageTooLarge', `A message has at most ${MAX_MESSAGE_BYTES} bytes, with its properties.`);
  }
  return size;
}

function checkTexts(message: c2dqueue.Message): void {
  if (message.messageId.length > MAX_MESSAGE_ID_LENGTH) {
    throw invalid(`A message id has at most ${MAX_MESSAGE_ID_LENGTH} characters.`);
  }
  let encoded = 0;
  for (const text of systemProperties(message)) {
    encoded += checkedLength(text);
  }
  const names = new Set<string>();
  for (const { name, value } of message.properties) {
    if (name === '' || name.length > MAX_PROPERTY_NAME_LENGTH || name.startsWith('$')) {
      throw invalid(
        `The name of a property has 1 to ${MAX_PROPERTY_NAME_LENGTH} characters, and does not begin with $.`,
      );
    }
    if (names.has(name)) {
      throw invalid('A message must not have two properties of one name.');
    }
    names.add(name);
    encoded += checkedLength(name) + checkedLength(value);
  }
  if (encoded > MAX_ENCODED_PROPERTIES_BYTES) {
    throw new HubError(
      'MessageTooLarge',
      `The properties of a message have at most ${MAX_ENCODED_PROPERTIES_BYTES} bytes, percent-encoded.`,
    );
  }
}

function checkedLength(text: string): number {
  if (CONTROL_CHARACTER.test(text)) {
    throw invalid('Properties of a message must not hold control characters.');
  }
  return encodeURIComponent(text.toWellFormed()).length;
}

function systemProperties(message: c2dqueue.Message): readonly string[] {
  const { messageId, correlationId, userId, contentType, contentEncoding } = message;
  return [messageId, correlationId, userId, contentType, contentEncoding];
}

function invalid(message: string): HubError {
  return new HubError('ArgumentInvalid', message);
}
