import { createHash } from 'node:crypto';

/** Milliseconds, in 13 digits, that last until the year 2286. */
const LAST_MS = 9_999_999_999_999;
const DIGITS = 13;
const HASH_LENGTH = 16;

/**
 * Names an operation record, the newest first in the store's order, so that a page of the newest is one of the first, and
 * records that come later are on none that follows. The same for the same record that comes twice.
 */
export function operationKey(timeMs: number, id: string): string {
  const hash = createHash('sha256').update(id).digest('base64url').slice(0, HASH_LENGTH);
  return `${keyPrefix(timeMs)}-${hash}`;
}

/** Less than all keys of this millisecond, and greater than those of later ones. */
export function keyPrefix(timeMs: number): string {
  const clamped = Math.min(Math.max(Math.trunc(timeMs), 0), LAST_MS);
  return String(LAST_MS - clamped).padStart(DIGITS, '0');
}

export function isOperationKey(text: string): boolean {
  return /^\d{13}-[\w-]{16}$/.test(text);
}
