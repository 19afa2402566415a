import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^(v[0-9]+)\.([0-9a-f]{16})\.([A-Za-z0-9_-]+)$/;

/** Seals the keys of identities and policies at rest. */
export interface KeyEncryptionKey {
  /** Derived from the key, so that what one key sealed is not taken for what another did. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: KeyObject;
}

export type SealFailure = 'malformed' | 'unknown-version' | 'other-key' | 'altered';

/** A sealed key that cannot be opened. Holds neither key. */
export class SealError extends Error {
  override readonly name = 'SealError';

  constructor(
    readonly reason: SealFailure,
    message: string,
  ) {
    super(message);
  }
}

/**
 * @param key 32 random bytes
 * @throws RangeError if it is not 32 bytes long
 */
export function keyEncryptionKey(key: Buffer): KeyEncryptionKey {
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`A key-encryption key has ${KEY_BYTES} bytes; this one has ${key.length}.`);
  }
  const id = createHash('sha256').update('mooring key-encryption key id\n').update(key).digest('hex').slice(0, 16);
  // As a KeyObject it is prepared once; as bytes, at each use, which costs more than the cipher.
  return { id, key: createSecretKey(key) };
}

/**
 * Encrypts a key with AES-256-GCM.
 *
 * @param owner what the key belongs to, e.g. a device id and its generation: opens for this owner only, so that sealed keys
 *   cannot be moved between records
 * @returns `v1.<id of the key-encryption key>.<base64url of nonce, ciphertext and tag>`
 */
export function sealKey(plain: string, kek: KeyEncryptionKey, owner: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, kek.key, nonce).setAAD(boundTo(VERSION, kek.id, owner));
  const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${kek.id}.${sealed.toString('base64url')}`;
}

/**
 * Decrypts what `sealKey` made.
 *
 * @throws SealError with the reason, e.g. `other-key` if another key-encryption key sealed it
 */
export function openKey(sealed: string, kek: KeyEncryptionKey, owner: string): string {
  const [, version, id, text] = SEALED.exec(sealed) ?? [];
  if (version === undefined || id === undefined || text === undefined) {
    throw new SealError('malformed', 'This is not a sealed key.');
  }
  if (version !== VERSION) {
    throw new SealError('unknown-version', `The key was sealed in form ${version}, which this release does not know.`);
  }
  if (id !== kek.id) {
    throw new SealError(
      'other-key',
      `The key was sealed with key-encryption key ${id}; the one configured is ${kek.id}.`,
    );
  }
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) {
    throw new SealError('malformed', 'The sealed key is cut short.');
  }
  const decipher = createDecipheriv(ALGORITHM, kek.key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(boundTo(version, id, owner))
    .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    // The only failure of `final` is a tag that does not match; OpenSSL's own error says nothing more.
    throw new SealError('altered', 'The sealed key was altered, or belongs to something else.');
  }
}

function boundTo(version: string, id: string, owner: string): Buffer {
  return Buffer.from(`${version}\n${id}\n${owner}`, 'utf8');
}
