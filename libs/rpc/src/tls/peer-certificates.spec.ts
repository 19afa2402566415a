import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuthority } from '@mooring/certificates';
import { ManualClock } from '@mooring/clock';
import { log, until, writePeer } from '../rpc.spec-support.js';
import { PeerCertificates, type PeerMaterial } from './peer-certificates.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpc-'));
  await writePeer(folder, await createAuthority('One', Date.now()));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (name: string) => join(folder, name);

async function open(clock = new ManualClock()) {
  const files = { authorityFile: file('ca.pem'), certificateFile: file('peer.pem'), keyFile: file('peer-key.pem') };
  const certificates = await PeerCertificates.open({ ...files, clock, log });
  const changes: PeerMaterial[] = [];
  certificates.watch((material) => changes.push(material));
  return { certificates, changes };
}

describe('PeerCertificates', () => {
  it('tells of new files within five seconds, and of the same ones never', async () => {
    const clock = new ManualClock();
    const { certificates, changes } = await open(clock);
    await certificates.reload();
    expect(changes).toEqual([]);
    await writePeer(folder, await createAuthority('Two', Date.now()));
    clock.advance(5_000);
    await until(() => changes.length === 1);
    expect(certificates.current.certificate).toEqual(await readFile(file('peer.pem')));
    certificates.close();
    await writePeer(folder, await createAuthority('Three', Date.now()));
    clock.advance(5_000);
    await certificates.reload();
    expect(changes.length).toBe(1);
  });

  it('keeps what it has until key and certificate go together', async () => {
    const { certificates, changes } = await open();
    const [oldKey, oldCertificate] = [await readFile(file('peer-key.pem')), certificates.current.certificate];
    await writePeer(folder, await createAuthority('Two', Date.now()));
    const newKey = await readFile(file('peer-key.pem'));
    await writeFile(file('peer-key.pem'), oldKey);
    await certificates.reload();
    expect([certificates.current.certificate, changes.length]).toEqual([oldCertificate, 0]);
    await writeFile(file('peer-key.pem'), newKey);
    await certificates.reload();
    expect([certificates.current.key, changes.length]).toEqual([newKey, 1]);
  });

  it('keeps what it has when a file is gone, empty or nonsense', async () => {
    const { certificates, changes } = await open();
    for (const text of ['', 'nonsense']) {
      await writeFile(file('peer.pem'), text);
      await certificates.reload();
    }
    await rm(file('ca.pem'));
    await certificates.reload();
    expect(changes).toEqual([]);
  });

  it('cannot be opened with files that cannot be used', async () => {
    await writeFile(file('peer.pem'), 'nonsense');
    await expect(open()).rejects.toThrow();
  });
});
