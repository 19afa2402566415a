import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, createAuthority, loadAuthority } from './authority.js';
import { certificateFits, issueCertificate } from './issue.js';

const AUTHORITY = 'ca.pem';
const AUTHORITY_KEY = 'ca-key.pem';
/** What can be a file's name and a DNS label. */
const SERVICE_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const PUBLIC = 0o644;
const SECRET = 0o600;

export interface DevelopmentSetOptions {
  readonly folder: string;
  /** By service (`identity`): the names beside its own that its processes are dialled by, e.g. `localhost`. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Paths of what one process needs to talk mutual TLS. */
export interface PeerFiles {
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Where a development set has the files of a service. */
export function peerFiles(folder: string, service: string): PeerFiles {
  return {
    authorityFile: join(folder, AUTHORITY),
    certificateFile: join(folder, `${service}.pem`),
    keyFile: join(folder, `${service}-key.pem`),
  };
}

/**
 * Makes certificates for development: an authority, and for each service a certificate for both ends of mutual TLS. What is
 * there and fits is kept; what is about to expire or lacks a name is made anew.
 * @returns the files of each service
 * @throws Error if a service's name cannot be a DNS label, or the folder holds an authority that cannot be used
 */
export async function ensureDevelopmentSet(
  options: DevelopmentSetOptions,
): Promise<Readonly<Record<string, PeerFiles>>> {
  const { folder, services } = options;
  const wrong = Object.keys(services).find((service) => service === 'ca' || !SERVICE_NAME.test(service));
  if (wrong !== undefined) {
    throw new Error(
      `A certificate cannot be named ${JSON.stringify(wrong)}: use lower-case letters, digits and hyphens.`,
    );
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await ensureAuthority(options);
  const made: Record<string, PeerFiles> = {};
  for (const [service, names] of Object.entries(services)) {
    made[service] = peerFiles(folder, service);
    await ensurePeer(made[service], { service, names: [service, ...names], authority, now: options.now });
  }
  return made;
}

async function ensureAuthority({ folder, now }: DevelopmentSetOptions): Promise<Authority> {
  const [file, keyFile] = [join(folder, AUTHORITY), join(folder, AUTHORITY_KEY)];
  const [pem, keyPem] = await Promise.all([readIfThere(file), readIfThere(keyFile)]);
  if (pem !== undefined && keyPem !== undefined) {
    return await loadAuthority(pem, keyPem).catch((error: unknown) => {
      throw new Error(`${file} and ${keyFile} cannot be used: remove both to have them made anew.`, { cause: error });
    });
  }
  const authority = await createAuthority('Mooring development CA for services', now);
  await replaceFile(keyFile, authority.keyPem, SECRET);
  await replaceFile(file, authority.pem, PUBLIC);
  return authority;
}

interface Peer {
  readonly service: string;
  readonly names: readonly string[];
  readonly authority: Authority;
  readonly now: number;
}

async function ensurePeer(files: PeerFiles, { service, names, authority, now }: Peer): Promise<void> {
  const [pem, key] = await Promise.all([readIfThere(files.certificateFile), readIfThere(files.keyFile)]);
  if (pem !== undefined && key !== undefined && certificateFits(pem, { authorityPem: authority.pem, names, now })) {
    return;
  }
  const issued = await issueCertificate(authority, { commonName: service, names, usages: ['server', 'client'], now });
  await replaceFile(files.keyFile, issued.key, SECRET);
  await replaceFile(files.certificateFile, issued.chain, PUBLIC);
}

/** Whole or not at all, so that a running process never reads half a file. */
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const fresh = `${file}.new`;
  await writeFile(fresh, text, { mode });
  await chmod(fresh, mode);
  await rename(fresh, file);
}

async function readIfThere(file: string): Promise<string | undefined> {
  return existsSync(file) ? await readFile(file, 'utf8') : undefined;
}
