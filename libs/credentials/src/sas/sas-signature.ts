import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { SasToken } from './sas-token.js';

/**
 * Whether the key signed the token; takes the same time wherever the signatures differ. The texts of `sr` and `se` are
 * covered as they stand in the token: no client needs another spelling tried.
 *
 * @param key from `sasKeyFromBase64`, or for Event Hubs clients from `sasKeyFromText`
 */
export function verifySasSignature(token: SasToken, key: Buffer): boolean {
  return timingSafeEqual(signSas(token.sr, token.se, key), token.sig);
}

/** HMAC-SHA256 over `sr`, a line feed and `se`: 32 bytes. */
export function signSas(sr: string, se: string, key: Buffer): Buffer {
  // With the bytes themselves Node.js takes several times as long to find out what kind of key they are.
  return createHmac('sha256', createSecretKey(key)).update(`${sr}\n${se}`).digest();
}

/** The bytes that the hub's device and service clients sign with. */
export function sasKeyFromBase64(key: string): Buffer {
  return Buffer.from(key, 'base64');
}

/** The bytes that Event Hubs clients sign with: the key's text itself, not what it encodes. */
export function sasKeyFromText(key: string): Buffer {
  return Buffer.from(key, 'utf8');
}
