import type { CertificateAuthority } from '@mooring/credentials';

/** What admits devices besides their own credentials. Rejects if identity cannot be asked. */
export interface HubTrust {
  /** The keys of a policy that may connect devices; undefined if there is no such policy. */
  policy(name: string): Promise<{ readonly deviceConnect: boolean; readonly keys: readonly string[] } | undefined>;
  authorities(): Promise<readonly CertificateAuthority[]>;
}
