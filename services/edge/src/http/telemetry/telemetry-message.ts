import { HubError } from '@mooring/errors';
import { type MutableHeaders, newHeaders } from '@mooring/messages';
import { headerText } from '../request/header-text.js';
import { addProperty } from './message-properties.js';

/** A message as a device sent it, not stamped yet. */
export interface TelemetryMessage {
  readonly properties: MutableHeaders;
  readonly body: Buffer;
  /** Body and properties together, in bytes. */
  readonly size: number;
}

/**
 * The message that a request is: its body, with properties in headers.
 *
 * @param rawHeaders names and values in turn, as they came
 * @throws HubError `ArgumentInvalid`
 */
export function messageOf(rawHeaders: readonly string[], body: Buffer): TelemetryMessage {
  const properties = newHeaders();
  let size = body.length;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    size += addProperty(rawHeaders[at] ?? '', headerText(rawHeaders[at + 1] ?? ''), properties);
  }
  return { properties, body, size };
}

/** @throws HubError `MessageTooLarge` if the messages of one request are larger together than one may be */
export function checkSize(messages: readonly TelemetryMessage[], maxBytes: number): void {
  if (messages.reduce((sum, { size }) => sum + size, 0) > maxBytes) {
    throw new HubError('MessageTooLarge', `The messages of a request have at most ${maxBytes} bytes together.`);
  }
}
