import { HubError } from '@mooring/errors';

/** Of a twin that nobody has changed yet. */
export const FIRST_ETAG = encode(1n);

const BITS = 64;

/** The entity tag after another, unquoted: base64 of a counter of eight bytes, as Azure's look. */
export function nextEtag(etag: string): string {
  return encode(BigInt.asUintN(BITS, Buffer.from(etag, 'base64').readBigUInt64BE() + 1n));
}

/**
 * Holds a condition against what is there.
 *
 * @param ifMatch empty or `*` for any, or the entity tag; in quotes or not
 * @throws HubError `PreconditionFailed` if they differ
 */
export function checkMatch(ifMatch: string, etag: string): void {
  const wanted =
    ifMatch.length >= 2 && ifMatch.startsWith('"') && ifMatch.endsWith('"') ? ifMatch.slice(1, -1) : ifMatch;
  if (wanted !== '' && wanted !== '*' && wanted !== etag) {
    throw new HubError('PreconditionFailed', `The entity tag does not match; the current one is ${etag}.`);
  }
}

function encode(count: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(count);
  return bytes.toString('base64');
}
