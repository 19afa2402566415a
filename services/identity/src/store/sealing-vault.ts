import { type KeyEncryptionKey, openKey, sealKey } from '@mooring/credentials';
import type { KeyVault, SymmetricKeys } from '../domain/model.js';

/** No character of base64. */
const SEPARATOR = '\n';

/** Seals both keys of an identity as one text, which halves the work of an admission. */
export class SealingVault implements KeyVault {
  constructor(private readonly key: KeyEncryptionKey) {}

  seal({ primary, secondary }: SymmetricKeys, owner: string): string {
    return sealKey(`${primary}${SEPARATOR}${secondary}`, this.key, owner);
  }

  /** @throws SealError if another key sealed them, or for another owner */
  open(sealed: string, owner: string): SymmetricKeys {
    const [primary = '', secondary = ''] = openKey(sealed, this.key, owner).split(SEPARATOR);
    return { primary, secondary };
  }
}
