import type { IncomingMessage } from 'node:http';
import { isOfDevice } from './request/caller-identity.js';

const IDENTITY = '/[^/]+(?:/modules/[^/]+)?';
const EVENTS = new RegExp(`^/devices${IDENTITY}/messages/events/?$`, 'i');
const QUEUE = new RegExp(`^/devices${IDENTITY}/messages/devicebound/?$`, 'i');
const LOCK = new RegExp(`^/devices${IDENTITY}/messages/devicebound/[^/]+(?:/abandon)?/?$`, 'i');
const METHODS = new RegExp(`^/twins${IDENTITY}/methods/?$`, 'i');

/**
 * Whether a request is one of devices, and not of back ends, where both come to the same port: by its path, and where they
 * share that by its method (messages are sent to devices where devices fetch them) or by who signed it.
 */
export function isDeviceRequest({
  method,
  url = '',
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): boolean {
  const path = url.replace(/[?#].*$/s, '');
  if (EVENTS.test(path) || LOCK.test(path)) {
    return true;
  }
  return (QUEUE.test(path) && method !== 'POST') || (METHODS.test(path) && method === 'POST' && isOfDevice(headers));
}
