import { applicationPropertyHeader, type MutableHeaders, PROPERTY } from '@mooring/messages';
import { isSystemProperty, systemPropertyHeader } from './system-properties.js';

/**
 * Adds the properties of a bag (`k=v&k2=v2`, keys and values percent-encoded UTF-8) to the headers of a message. A key alone
 * is an empty value; of a key that is there twice, the last counts.
 *
 * @returns false if the bag is malformed
 */
export function addPropertyBag(bag: string, headers: MutableHeaders): boolean {
  for (let start = 0; start < bag.length; ) {
    const ampersand = bag.indexOf('&', start);
    const end = ampersand < 0 ? bag.length : ampersand;
    if (end > start && !addProperty(bag.slice(start, end), headers)) {
      return false;
    }
    start = end + 1;
  }
  return true;
}

function addProperty(text: string, headers: MutableHeaders): boolean {
  const equals = text.indexOf('=');
  const key = percentDecode(equals < 0 ? text : text.slice(0, equals));
  const value = equals < 0 ? '' : percentDecode(text.slice(equals + 1));
  if (!key || value === undefined) {
    return false;
  }
  if (!isSystemProperty(key)) {
    headers[applicationPropertyHeader(key)] = value;
    return true;
  }
  const header = systemPropertyHeader(key);
  if (header === PROPERTY.absoluteExpiryTime && value !== '' && Number.isNaN(Date.parse(value))) {
    return false;
  }
  if (header !== undefined) {
    headers[header] = value;
  }
  return true;
}

function percentDecode(text: string): string | undefined {
  if (!text.includes('%')) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) {
      return undefined;
    }
    throw error;
  }
}
