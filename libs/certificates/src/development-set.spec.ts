import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureDevelopmentSet } from './development-set.js';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const services = { identity: ['localhost', '127.0.0.1', '::1'], edge: ['edge-0.edge'] };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certificates-'));
});
afterEach(() => rm(folder, { recursive: true }));

const read = (name: string) => readFile(join(folder, name), 'utf8');
const certificateOf = async (name: string) => new X509Certificate(await read(`${name}.pem`));

describe('ensureDevelopmentSet', () => {
  it('issues each service a P-256 certificate of one authority for its own name and those given, for both ends', async () => {
    const files = await ensureDevelopmentSet({ folder, services, now: NOW });
    expect(Object.keys(files)).toEqual(['identity', 'edge']);
    const [identity, authority] = [await certificateOf('identity'), await certificateOf('ca')];
    expect(identity.verify(authority.publicKey)).toBe(true);
    expect(identity.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(['identity', 'localhost'].map((name) => identity.checkHost(name))).toEqual(['identity', 'localhost']);
    expect(['127.0.0.1', '::1'].map((address) => identity.checkIP(address))).toEqual(['127.0.0.1', '::1']);
    expect(identity.checkHost('edge')).toBeUndefined();
    expect(identity.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('lets no one else read the keys', async () => {
    await ensureDevelopmentSet({ folder, services, now: NOW });
    for (const name of ['ca-key.pem', 'identity-key.pem']) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('keeps what fits and makes anew what lacks a name or is about to expire', async () => {
    await ensureDevelopmentSet({ folder, services, now: NOW });
    const before = await Promise.all(['ca.pem', 'identity.pem', 'edge.pem'].map(read));
    await ensureDevelopmentSet({ folder, services: { ...services, edge: ['edge-1.edge'] }, now: NOW + DAY_MS });
    const after = await Promise.all(['ca.pem', 'identity.pem', 'edge.pem'].map(read));
    expect(after.map((text, index) => text === before[index])).toEqual([true, true, false]);
    await ensureDevelopmentSet({ folder, services, now: NOW + 380 * DAY_MS });
    expect(await read('identity.pem')).not.toBe(after[1]);
  });

  it('says which files to remove where the authority cannot be used', async () => {
    await writeFile(join(folder, 'ca.pem'), 'nothing');
    await writeFile(join(folder, 'ca-key.pem'), 'nothing');
    await expect(ensureDevelopmentSet({ folder, services, now: NOW })).rejects.toThrow(/ca\.pem and .*ca-key\.pem/);
  });

  it.each(['../x', 'Identity', '', 'ca', 'a.b'])('refuses a service named %j', async (name) => {
    await expect(ensureDevelopmentSet({ folder, services: { [name]: [] }, now: NOW })).rejects.toThrow(
      'cannot be named',
    );
  });
});
