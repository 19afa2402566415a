import {
  type Authority,
  certificateFits,
  createAuthority,
  issueCertificate,
  loadAuthority,
} from '@mooring/certificates';
import type { DataFolder } from './data-folder.js';

const AUTHORITY = 'ca.pem';
const AUTHORITY_KEY = 'ca-key.pem';
const SERVER = 'server.pem';
const SERVER_KEY = 'server-key.pem';

/** Paths of the files that the listeners read. */
export interface ServerCertificateFiles {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a certificate authority for development and a server certificate (ECDSA P-256) for these names, each once: what is
 * there and fits is kept.
 * @param names host names and addresses that clients dial
 */
export async function ensureServerCertificate(
  folder: DataFolder,
  names: readonly string[],
  now: number,
): Promise<ServerCertificateFiles> {
  const authority = await ensureAuthority(folder, now);
  const pem = folder.read(SERVER);
  const isKept =
    pem !== undefined &&
    folder.read(SERVER_KEY) !== undefined &&
    certificateFits(pem, { authorityPem: authority.pem, names, now });
  if (!isKept) {
    const issued = await issueCertificate(authority, { commonName: 'Mooring', names, usages: ['server'], now });
    folder.writeSecret(SERVER_KEY, issued.key);
    folder.writePublic(SERVER, issued.chain);
  }
  return { authority: folder.file(AUTHORITY), certificate: folder.file(SERVER), key: folder.file(SERVER_KEY) };
}

async function ensureAuthority(folder: DataFolder, now: number): Promise<Authority> {
  const [pem, keyPem] = [folder.read(AUTHORITY), folder.read(AUTHORITY_KEY)];
  if (pem !== undefined && keyPem !== undefined) {
    return await loadAuthority(pem, keyPem).catch((error: unknown) => {
      const files = `${folder.file(AUTHORITY)} and ${folder.file(AUTHORITY_KEY)}`;
      throw new Error(`${files} cannot be used: remove both to have them made anew.`, { cause: error });
    });
  }
  const authority = await createAuthority('Mooring development CA', now);
  folder.writeSecret(AUTHORITY_KEY, authority.keyPem);
  folder.writePublic(AUTHORITY, authority.pem);
  return authority;
}
