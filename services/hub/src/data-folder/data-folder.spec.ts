import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeConnectionStrings } from './connection-strings.js';
import { DataFolder } from './data-folder.js';
import { ensureServerCertificate } from './development-authority.js';
import { loadSealKey } from './seal-key.js';

const NOW = Date.now();
const DAY_MS = 24 * 60 * 60 * 1000;
const NAMES = ['localhost', '127.0.0.1', 'hub.example.org'];

let parent: string;
let folder: DataFolder;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'mooring-data-'));
  folder = new DataFolder(join(parent, 'data'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const mode = (name: string) => statSync(folder.file(name)).mode & 0o777;
const certificate = (path: string) => new X509Certificate(readFileSync(path));

describe('the development authority', () => {
  it('issues a P-256 certificate for every name and keeps the keys to the owner', async () => {
    const files = await ensureServerCertificate(folder, NAMES, NOW);
    const server = certificate(files.certificate);
    const authority = certificate(files.authority);
    expect(server.checkIssued(authority)).toBe(true);
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(authority.ca).toBe(true);
    expect(server.checkHost('hub.example.org')).toBe('hub.example.org');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect([mode('ca-key.pem'), mode('server-key.pem'), mode('ca.pem')]).toEqual([0o600, 0o600, 0o644]);
  });

  it('keeps what fits, and issues anew under the same authority for another name or near the end', async () => {
    const first = readFileSync((await ensureServerCertificate(folder, NAMES, NOW)).certificate, 'utf8');
    const authority = folder.read('ca.pem');
    await ensureServerCertificate(folder, NAMES, NOW + DAY_MS);
    expect(folder.read('server.pem')).toBe(first);
    await ensureServerCertificate(folder, [...NAMES, 'other.example.org'], NOW);
    const second = folder.read('server.pem');
    expect(second).not.toBe(first);
    await ensureServerCertificate(folder, NAMES, NOW + 380 * DAY_MS);
    expect(folder.read('server.pem')).not.toBe(second);
    expect(folder.read('ca.pem')).toBe(authority);
  });
});

describe('secrets in the data folder', () => {
  it('makes the seal key once', () => {
    const key = loadSealKey(folder, undefined);
    expect(key).toHaveLength(32);
    expect(loadSealKey(folder, undefined)).toEqual(key);
    expect(mode('seal-key')).toBe(0o600);
  });

  it('refuses a seal key of another length, naming where it is', () => {
    folder.writeSecret('seal-key', 'c2hvcnQ=');
    expect(() => loadSealKey(folder, undefined)).toThrow(/seal-key must hold 32 bytes/);
  });

  it('writes connection strings for service SDKs and for Event Hubs clients', () => {
    writeConnectionStrings(folder, 'hub.example.org', { name: 'iothubowner', primaryKey: 'a2V5' });
    expect(folder.read('connection-string')).toBe(
      'HostName=hub.example.org;SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5\n',
    );
    expect(folder.read('event-hubs-connection-string')).toBe(
      'Endpoint=sb://hub.example.org/;SharedAccessKeyName=iothubowner;SharedAccessKey=a2V5;EntityPath=events\n',
    );
    expect([mode('connection-string'), mode('event-hubs-connection-string')]).toEqual([0o600, 0o600]);
  });
});
