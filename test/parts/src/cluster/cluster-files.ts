import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, issueCertificate, peerFiles } from '@mooring/certificates';
import { hubCommand } from '../hub/hub-part.js';
import { run } from '../process/run.js';
import type { ServiceName } from './cluster-process.js';

/** Files that the processes of one cluster share, as an operator would mount them. */
export interface ClusterFiles {
  readonly caFile: string;
  readonly ca: string;
  /** Settings that name the files, for a process of a service. */
  settings(service: ServiceName): Record<string, string>;
}

const SEAL_KEY_BYTES = 32;
const TIMEOUT_MS = 60_000;

/**
 * Makes them: certificates for mutual TLS with `mooring certs`, a certificate for devices and back ends, a seal key.
 * @param hosts names that devices and back ends dial
 */
export async function makeClusterFiles(folder: string, hosts: readonly string[]): Promise<ClusterFiles> {
  const peers = join(folder, 'peers');
  const [command, args] = hubCommand('certs', peers);
  await run(command, args, { timeoutMs: TIMEOUT_MS });

  const [caFile, certificate, key] = ['ca.pem', 'server.pem', 'server-key.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const authority = await createAuthority('Mooring test cluster CA', Date.now());
  const request = {
    commonName: 'Mooring',
    names: ['localhost', ...hosts],
    usages: ['server'],
    now: Date.now(),
  } as const;
  const issued = await issueCertificate(authority, request);
  const sealKey = join(folder, 'seal-key');
  await Promise.all([
    writeFile(caFile, authority.pem),
    writeFile(certificate, issued.chain),
    writeFile(key, issued.key, { mode: 0o600 }),
    writeFile(sealKey, randomBytes(SEAL_KEY_BYTES).toString('base64'), { mode: 0o600 }),
  ]);
  return {
    caFile,
    ca: authority.pem.trim(),
    settings: (service) => {
      const files = peerFiles(peers, service);
      return {
        MOORING_RPC_AUTHORITY: files.authorityFile,
        MOORING_RPC_CERTIFICATE: files.certificateFile,
        MOORING_RPC_KEY: files.keyFile,
        MOORING_TLS_CERTIFICATE: certificate,
        MOORING_TLS_KEY: key,
        MOORING_SEAL_KEY: sealKey,
      };
    },
  };
}
