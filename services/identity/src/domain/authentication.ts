import { generateKey, isValidKey, normaliseThumbprint } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { Authentication, AuthenticationType, SymmetricKeys, Thumbprints } from './model.js';

/** As a back end asks for it: everything may be missing. Empty text counts as missing. */
export interface RequestedAuthentication {
  readonly type: AuthenticationType | undefined;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly primaryThumbprint: string;
  readonly secondaryThumbprint: string;
}

/**
 * What an identity shall prove itself by from now on. A missing type is inferred: from thumbprints `selfSigned`, from keys
 * `sas`, from nothing what was there, or else `sas`. Keys that are not given are kept, or else generated.
 *
 * @param current undefined for an identity that is being created
 * @throws HubError `ArgumentInvalid`
 */
export function nextAuthentication(
  requested: RequestedAuthentication,
  current: Authentication | undefined,
): Authentication {
  const keys = requestedKeys(requested);
  const thumbprints = requestedThumbprints(requested);
  const type = requested.type ?? inferredType(keys, thumbprints, current);
  if (type !== 'sas' && keys !== undefined) {
    throw new HubError('ArgumentInvalid', `Symmetric keys do not go with the authentication type ${type}.`);
  }
  if (type !== 'selfSigned' && thumbprints !== undefined) {
    throw new HubError('ArgumentInvalid', `Thumbprints do not go with the authentication type ${type}.`);
  }
  switch (type) {
    case 'sas':
      return { type, keys: keys ?? current?.keys ?? { primary: generateKey(), secondary: generateKey() } };
    case 'selfSigned': {
      const kept = thumbprints ?? current?.thumbprints;
      if (kept === undefined) {
        throw new HubError('ArgumentInvalid', 'The authentication type selfSigned needs a thumbprint.');
      }
      return { type, thumbprints: kept };
    }
    default:
      return { type };
  }
}

export function sameAuthentication(left: Authentication, right: Authentication): boolean {
  return (
    left.type === right.type &&
    left.keys?.primary === right.keys?.primary &&
    left.keys?.secondary === right.keys?.secondary &&
    left.thumbprints?.primary === right.thumbprints?.primary &&
    left.thumbprints?.secondary === right.thumbprints?.secondary
  );
}

function inferredType(
  keys: SymmetricKeys | undefined,
  thumbprints: Thumbprints | undefined,
  current: Authentication | undefined,
): AuthenticationType {
  if (thumbprints !== undefined) {
    return 'selfSigned';
  }
  return keys !== undefined ? 'sas' : (current?.type ?? 'sas');
}

function requestedKeys({ primaryKey, secondaryKey }: RequestedAuthentication): SymmetricKeys | undefined {
  if (primaryKey === '' && secondaryKey === '') {
    return undefined;
  }
  if (primaryKey === '' || secondaryKey === '') {
    throw new HubError('ArgumentInvalid', 'Give both symmetric keys, or none to have them generated.');
  }
  if (!isValidKey(primaryKey) || !isValidKey(secondaryKey)) {
    throw new HubError('ArgumentInvalid', 'A symmetric key is base64 of 16 to 64 bytes.');
  }
  return { primary: primaryKey, secondary: secondaryKey };
}

function requestedThumbprints({
  primaryThumbprint,
  secondaryThumbprint,
}: RequestedAuthentication): Thumbprints | undefined {
  if (primaryThumbprint === '' && secondaryThumbprint === '') {
    return undefined;
  }
  return { primary: thumbprint(primaryThumbprint), secondary: thumbprint(secondaryThumbprint) };
}

function thumbprint(text: string): string {
  if (text === '') {
    return '';
  }
  const normalised = normaliseThumbprint(text);
  if (normalised === undefined) {
    throw new HubError('ArgumentInvalid', 'A thumbprint is 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.');
  }
  return normalised;
}
