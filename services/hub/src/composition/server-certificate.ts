import type { Settings } from '@mooring/config';
import type { DataFolder } from '../data-folder/data-folder.js';
import { ensureServerCertificate } from '../data-folder/development-authority.js';

/** Files of the certificate that devices and back ends are shown. */
export interface ServerCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** The authority's, if the hub made the certificate itself. */
  readonly authority: string | undefined;
}

/** The certificate that the settings name, or one made for development. */
export async function serverCertificate(
  settings: Settings,
  folder: DataFolder,
  now: number,
): Promise<ServerCertificate> {
  const { tlsCertificate, tlsKey, hostname } = settings;
  if (tlsCertificate !== undefined && tlsKey !== undefined) {
    return { certificateFile: tlsCertificate, keyFile: tlsKey, authority: undefined };
  }
  const names = [...new Set(['localhost', '127.0.0.1', hostname])];
  const made = await ensureServerCertificate(folder, names, now);
  return { certificateFile: made.certificate, keyFile: made.key, authority: made.authority };
}
