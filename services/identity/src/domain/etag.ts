import { randomInt } from 'node:crypto';
import { HubError } from '@mooring/errors';

const DIGITS = 12;

/** A new entity tag, unquoted: base64 of twelve random digits, as Azure's look. */
export function newEtag(): string {
  return Buffer.from(String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')).toString('base64');
}

/**
 * Holds a condition against what is there.
 *
 * @param ifMatch `*` for any, or the entity tag; in quotes or not
 * @throws HubError `PreconditionFailed` if they differ
 */
export function checkMatch(ifMatch: string, etag: string): void {
  const wanted = unquote(ifMatch);
  if (wanted !== '*' && wanted !== etag) {
    throw new HubError('PreconditionFailed', `The entity tag does not match; the current one is ${etag}.`);
  }
}

function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
