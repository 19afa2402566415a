import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, createAuthority, issueCertificate, type Usage } from '@mooring/certificates';
import { SystemClock } from '@mooring/clock';
import { createLogger, createMetrics } from '@mooring/observability';
import { identity } from '@mooring/proto';
import type { RpcClientOptions } from './client/client-options.js';
import { type RpcClient, rpcClient } from './client/rpc-client.js';
import type { Contract } from './contract-definition.js';
import { RpcServer } from './server/rpc-server.js';
import type { RpcServerOptions } from './server/server-options.js';
import { PeerCertificates } from './tls/peer-certificates.js';

export const HOST = '127.0.0.1';
export const clock = new SystemClock();
export const log = createLogger('test', 'silent');

const { getIdentity, getStatistics, listDevices } = identity.IdentityServiceService;
/** Three calls of a contract: enough to test with. */
export const definition = { getIdentity, getStatistics, listDevices };
export type Definition = typeof definition;

/** Each device exists, there are as many devices as `count` says, and there is one page of them. */
export function implementation(parts: Partial<Contract<Definition>> = {}): Contract<Definition> {
  return {
    getIdentity: async ({ key }) => ({ identity: identity.Identity.create({ ...(key ? { key } : {}), etag: 'AAAA' }) }),
    getStatistics: async () => ({ totalDeviceCount: 3, enabledDeviceCount: 2, disabledDeviceCount: 1 }),
    listDevices: async () => ({ devices: [], nextPageToken: '' }),
    ...parts,
  };
}

export const request = (deviceId: string) => ({ key: { deviceId, moduleId: '' } });

export interface CertificateSpec {
  readonly names?: readonly string[];
  readonly usages?: readonly Usage[];
  readonly expired?: boolean;
}

/** Servers, clients and certificates of one test; `close` ends them all. */
export class Bench {
  readonly authority: Promise<Authority> = createAuthority('Test CA', Date.now());
  private readonly endings: (() => unknown)[] = [];

  async certificates(spec: CertificateSpec = {}, authority?: Authority): Promise<PeerCertificates> {
    const folder = await mkdtemp(join(tmpdir(), 'rpc-'));
    this.endings.push(() => rm(folder, { recursive: true }));
    await writePeer(folder, authority ?? (await this.authority), spec);
    return await this.openFolder(folder);
  }

  async openFolder(folder: string): Promise<PeerCertificates> {
    const [authorityFile, certificateFile, keyFile] = PEER_FILES.map((name) => join(folder, name));
    if (authorityFile === undefined || certificateFile === undefined || keyFile === undefined) {
      throw new Error('unreachable');
    }
    const certificates = await PeerCertificates.open({ authorityFile, certificateFile, keyFile, clock, log });
    this.endings.push(() => certificates.close());
    return certificates;
  }

  async serve(
    parts: Partial<Contract<Definition>> = {},
    options: Partial<RpcServerOptions> = {},
  ): Promise<{ server: RpcServer; port: number; address: string }> {
    const server = new RpcServer({
      bindAddress: HOST,
      port: 0,
      tls: options.tls ?? (await this.certificates()),
      clock,
      log,
      metrics: createMetrics(),
      ...options,
    }).serve(definition, implementation(parts));
    const port = await server.listen();
    this.endings.push(() => server.drain(0));
    return { server, port, address: `${HOST}:${port}` };
  }

  async client(
    addresses: readonly string[],
    options: Partial<RpcClientOptions<Definition>> = {},
  ): Promise<RpcClient<Definition>> {
    const client = rpcClient(definition, {
      addresses,
      tls: options.tls ?? (await this.certificates()),
      clock,
      metrics: createMetrics(),
      ...options,
    });
    this.endings.push(() => client.close());
    return client;
  }

  /** A plain connection that collects what comes. */
  socket(port: number): Socket {
    const socket = connectTcp({ host: HOST, port });
    socket.on('error', () => undefined);
    socket.resume();
    this.endings.push(() => socket.destroy());
    return socket;
  }

  ending(ending: () => unknown): void {
    this.endings.push(ending);
  }

  async close(): Promise<void> {
    for (let ending = this.endings.pop(); ending !== undefined; ending = this.endings.pop()) {
      await ending();
    }
  }
}

export const PEER_FILES = ['ca.pem', 'peer.pem', 'peer-key.pem'] as const;

/** Writes the three files of a peer into a folder. */
export async function writePeer(folder: string, authority: Authority, spec: CertificateSpec = {}): Promise<void> {
  const now = Date.now();
  const issued = await issueCertificate(authority, {
    commonName: 'test',
    names: spec.names ?? ['identity'],
    usages: spec.usages ?? ['server', 'client'],
    now,
    ...(spec.expired === true ? { validity: { notBefore: now - 7_200_000, notAfter: now - 3_600_000 } } : {}),
  });
  const texts = [authority.pem, issued.chain, issued.key];
  await Promise.all(PEER_FILES.map((name, index) => writeFile(join(folder, name), texts[index] ?? '')));
}

/** Resolves when `condition` holds; a test that waits in vain runs into its own time-out. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A promise and what settles it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
