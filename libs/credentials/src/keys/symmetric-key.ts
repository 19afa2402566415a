import { randomBytes } from 'node:crypto';

const GENERATED_BYTES = 32;
const FEWEST_BYTES = 16;
const MOST_BYTES = 64;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Characters of the longest key. */
const MAX_LENGTH = Math.ceil(MOST_BYTES / 3) * 4;

/** A new symmetric key: base64 of 32 random bytes. */
export function generateKey(): string {
  return randomBytes(GENERATED_BYTES).toString('base64');
}

/** Whether a user's text can be a key: base64 of 16 to 64 bytes. */
export function isValidKey(text: string): boolean {
  if (text.length > MAX_LENGTH || !BASE64.test(text)) {
    return false;
  }
  const { length } = Buffer.from(text, 'base64');
  return length >= FEWEST_BYTES && length <= MOST_BYTES;
}
