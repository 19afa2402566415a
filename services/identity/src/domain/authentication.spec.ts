import { describe, expect, it } from '@jest/globals';
import { KEY_A, KEY_B, outcome, SHA1, SHA256 } from '../testing/requests.js';
import { nextAuthentication, type RequestedAuthentication } from './authentication.js';
import type { Authentication } from './model.js';

const NOTHING: RequestedAuthentication = {
  type: undefined,
  primaryKey: '',
  secondaryKey: '',
  primaryThumbprint: '',
  secondaryThumbprint: '',
};
const KEYS = { primary: KEY_A, secondary: KEY_B };
const BOTH_KEYS = { primaryKey: KEY_A, secondaryKey: KEY_B };
const GENERATED = { type: 'sas', keys: { primary: expect.any(String), secondary: expect.any(String) } };
const SAS: Authentication = { type: 'sas', keys: KEYS };
const SELF_SIGNED: Authentication = { type: 'selfSigned', thumbprints: { primary: SHA1, secondary: '' } };
const AUTHORITY: Authentication = { type: 'certificateAuthority' };

type Case = readonly [
  what: string,
  requested: Partial<RequestedAuthentication>,
  current: Authentication | undefined,
  next: object,
];

describe('nextAuthentication', () => {
  it.each<Case>([
    ['generates keys at creation', {}, undefined, GENERATED],
    ['generates keys for an explicit sas', { type: 'sas' }, undefined, GENERATED],
    ['takes both keys', BOTH_KEYS, undefined, SAS],
    ['infers selfSigned', { primaryThumbprint: SHA1 }, undefined, SELF_SIGNED],
    [
      'infers selfSigned from the secondary thumbprint, and normalises it',
      { secondaryThumbprint: SHA256.toLowerCase().replace(/..(?!$)/g, '$&:') },
      undefined,
      { type: 'selfSigned', thumbprints: { primary: '', secondary: SHA256 } },
    ],
    ['takes certificateAuthority', { type: 'certificateAuthority' }, undefined, AUTHORITY],
    ['takes none', { type: 'none' }, undefined, { type: 'none' }],
    ['keeps keys at an update', {}, SAS, SAS],
    ['keeps keys at an update of explicit type', { type: 'sas' }, SAS, SAS],
    ['keeps thumbprints at an update', { type: 'selfSigned' }, SELF_SIGNED, SELF_SIGNED],
    ['keeps the type at an update that says nothing', {}, AUTHORITY, AUTHORITY],
    [
      'replaces thumbprints as a pair',
      { primaryThumbprint: SHA1 },
      { type: 'selfSigned', thumbprints: { primary: '', secondary: SHA256 } },
      SELF_SIGNED,
    ],
    ['generates keys when the type becomes sas', { type: 'sas' }, SELF_SIGNED, GENERATED],
    ['forgets keys when the type becomes another', { type: 'certificateAuthority' }, SAS, AUTHORITY],
    ['switches by what is given', { primaryThumbprint: SHA1 }, SAS, SELF_SIGNED],
  ])('%s', (_what, requested, current, next) => {
    expect(nextAuthentication({ ...NOTHING, ...requested }, current)).toEqual(next);
  });

  it.each<readonly [string, Partial<RequestedAuthentication>]>([
    ['one key alone', { primaryKey: KEY_A }],
    ['the other key alone', { secondaryKey: KEY_A }],
    ['a key that is too short', { primaryKey: 'c2hvcnQ=', secondaryKey: KEY_A }],
    ['a key that is not base64', { primaryKey: KEY_A, secondaryKey: `${KEY_B.slice(1)}!` }],
    ['a thumbprint of another length', { primaryThumbprint: SHA1.slice(1) }],
    ['a thumbprint that is not hexadecimal', { primaryThumbprint: 'Z'.repeat(40) }],
    ['selfSigned without a thumbprint', { type: 'selfSigned' }],
    ['keys with selfSigned', { type: 'selfSigned', ...BOTH_KEYS }],
    ['thumbprints with sas', { type: 'sas', primaryThumbprint: SHA1 }],
    ['keys and thumbprints', { ...BOTH_KEYS, primaryThumbprint: SHA1 }],
    ['keys with certificateAuthority', { type: 'certificateAuthority', ...BOTH_KEYS }],
    ['thumbprints with none', { type: 'none', primaryThumbprint: SHA1 }],
  ])('refuses %s', async (_what, requested) => {
    const next = async () => nextAuthentication({ ...NOTHING, ...requested }, undefined);
    expect(await outcome(next())).toBe('ArgumentInvalid');
  });
});
