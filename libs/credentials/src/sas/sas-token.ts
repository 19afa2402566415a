import { HubError } from '@mooring/errors';

/**
 * A token's longest text. A module's resource with every character percent-encoded twice, its host and the other fields fit.
 */
export const MAX_SAS_TOKEN_LENGTH = 4096;

const SCHEME = 'sharedaccesssignature ';
/** Seconds that stay exact as milliseconds. .NET's latest date has twelve digits. */
const EXPIRY = /^[0-9]{1,12}$/;
/** Base64 of an HMAC-SHA256: 32 bytes. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;

/** A shared access signature as its bearer sent it. Well formed; whether it is genuine is for `verifySasSignature`. */
export interface SasToken {
  /** What it gives access to, exactly as written: the signature covers this text. */
  readonly sr: string;
  /** Unix seconds at which it ends, exactly as written: the signature covers this text too. */
  readonly se: string;
  /** The signature, 32 bytes. */
  readonly sig: Buffer;
  /** Name of the shared access policy whose key signed; undefined if the key of an identity did. */
  readonly skn: string | undefined;
}

/**
 * Reads `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`. The fields come in any order, each once; others are ignored, as the
 * signature does not cover them. Percent escapes may be upper or lower case; what need not be escaped may be.
 *
 * @throws HubError `IotHubUnauthorized` if it is malformed; the error holds nothing of the token
 */
export function parseSasToken(text: string): SasToken {
  if (text.length > MAX_SAS_TOKEN_LENGTH) {
    throw malformed('it is too long');
  }
  if (text.slice(0, SCHEME.length).toLowerCase() !== SCHEME) {
    throw malformed('it does not begin with SharedAccessSignature');
  }
  const fields = readFields(text.slice(SCHEME.length).trim());
  const sr = fields.get('sr');
  const se = fields.get('se');
  const sig = fields.get('sig');
  if (!sr || !se || !sig) {
    throw malformed('one of sr, sig and se is missing');
  }
  if (!EXPIRY.test(se)) {
    throw malformed('se is not a number of seconds');
  }
  const signature = percentDecode(sig);
  if (signature === undefined || !SIGNATURE.test(signature)) {
    throw malformed('sig is not a signature');
  }
  if (percentDecode(sr) === undefined) {
    throw malformed('sr is not percent-encoded');
  }
  return { sr, se, sig: Buffer.from(signature, 'base64'), skn: policyName(fields.get('skn')) };
}

/** When it ends, in milliseconds since the Unix epoch. */
export function tokenExpiry(token: SasToken): number {
  return Number(token.se) * 1000;
}

/**
 * Whether it has ended. There is no tolerance for clocks that differ: a connection is closed when its token ends, so the
 * same token must not open the next one. Clients sign well ahead (an hour in all device SDKs), which leaves room for a
 * device's clock that is slow.
 */
export function isExpired(token: SasToken, nowMs: number): boolean {
  return nowMs >= tokenExpiry(token);
}

/** Undefined if the text holds an escape that is none, or one that is not UTF-8. */
export function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) {
      return undefined;
    }
    throw error;
  }
}

function readFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of text.split('&')) {
    const equals = field.indexOf('=');
    if (equals <= 0) {
      throw malformed('a field has no name or no value');
    }
    const name = field.slice(0, equals);
    if (fields.has(name)) {
      throw malformed('a field is there twice');
    }
    fields.set(name, field.slice(equals + 1));
  }
  return fields;
}

function policyName(skn: string | undefined): string | undefined {
  if (!skn) {
    return undefined;
  }
  // Form encoders write a space as `+`; all encoders escape a plus sign.
  const name = percentDecode(skn.replaceAll('+', ' '));
  if (name === undefined) {
    throw malformed('skn is not percent-encoded');
  }
  return name;
}

function malformed(why: string): HubError {
  return new HubError('IotHubUnauthorized', `The shared access signature is malformed: ${why}.`);
}
