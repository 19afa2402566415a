import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import { issue } from '../certificates.spec-support.js';
import { CertificateFiles, type ServerCertificate } from './certificate-files.js';

let directory: string;
let files: CertificateFiles;
let clock: ManualClock;
let changes: ServerCertificate[];
/** Resolves at the next file that cannot be used. */
let refused: PromiseWithResolvers<void>;

const file = (name: string) => join(directory, name);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mooring-certificate-'));
  clock = new ManualClock();
  changes = [];
  refused = Promise.withResolvers();
  const { cert, key } = await issue('server');
  writeFileSync(file('cert.pem'), cert);
  writeFileSync(file('key.pem'), key);
  const log = { info: () => undefined, error: () => refused.resolve() } as unknown as Logger;
  const opened = await CertificateFiles.open({
    certificateFile: file('cert.pem'),
    keyFile: file('key.pem'),
    clock,
    log,
  });
  files = opened.files;
  files.watch((certificate) => void changes.push(certificate));
});
afterEach(() => {
  files.close();
  rmSync(directory, { recursive: true });
});

describe('files of the server certificate', () => {
  it.each(['', 'no certificate', '-----BEGIN CERTIFICATE-----\n'])('that hold %j change nothing', async (text) => {
    writeFileSync(file('cert.pem'), text);
    clock.advance(5_000);
    await refused.promise;
    expect(changes).toEqual([]);
  });

  it('change nothing until certificate and key go together', async () => {
    const next = await issue('next');
    writeFileSync(file('cert.pem'), next.cert);
    clock.advance(5_000);
    await refused.promise;
    expect(changes).toEqual([]);
  });
});
