import { HubError } from '@mooring/errors';
import type { Scalar } from './scalar.js';

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A value as the text that stands for it in the hub, which keeps texts only.
 *
 * @param name what has the value, for the message of the error
 * @throws HubError `ArgumentInvalid` if there is none: a list or map, or bytes that are not UTF-8
 */
export function textOf(scalar: Scalar | undefined, name: string): string {
  if (scalar === undefined) {
    throw notText(name);
  }
  switch (scalar.kind) {
    case 'null':
      return '';
    case 'boolean':
    case 'integer':
    case 'float':
      return String(scalar.value);
    case 'timestamp':
      return timestampText(scalar.value);
    case 'uuid':
      return uuidText(scalar.value);
    case 'binary':
      return utf8Text(scalar.value, name);
    default:
      return scalar.value;
  }
}

function timestampText(ms: number | bigint): string {
  const date = new Date(Number(ms));
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function utf8Text(bytes: Buffer, name: string): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw notText(name);
  }
}

function notText(name: string): HubError {
  return new HubError('ArgumentInvalid', `${name} must be a text, or a value that a text can stand for.`);
}
