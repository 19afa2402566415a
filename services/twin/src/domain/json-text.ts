import { HubError } from '@mooring/errors';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A JSON object from outside.
 *
 * @throws HubError `MessageTooLarge`, or `ArgumentInvalid` for what is no JSON object
 */
export function parseObject(text: Uint8Array, maxBytes: number): Readonly<Record<string, unknown>> {
  if (text.byteLength > maxBytes) {
    throw new HubError('MessageTooLarge', `The document has ${text.byteLength} bytes; at most ${maxBytes} are taken.`);
  }
  const value = parse(text);
  if (!isObject(value)) {
    throw new HubError('ArgumentInvalid', 'The document must be a JSON object.');
  }
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(text));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'no JSON' : 'no UTF-8';
    throw new HubError('ArgumentInvalid', `The document is ${reason}.`, { cause: error });
  }
}
