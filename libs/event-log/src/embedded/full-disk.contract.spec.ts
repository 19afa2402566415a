import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { readAll } from '../contract/support.js';
import { EmbeddedEventLog } from './embedded-event-log.js';

/** Largest file that the program may write, in units of 512 bytes. */
const FILE_LIMIT = 4_000;

/** Appends until that fails, and prints how many appends succeeded, the error, and what the log says of itself. */
const PROGRAM = `
  import { EmbeddedEventLog } from ${JSON.stringify(new URL('./embedded-event-log.js', import.meta.url).href)};
  const log = await EmbeddedEventLog.open({ directory: process.argv.at(-1) });
  await log.ensureTopics([{ name: 't', partitions: 1, retentionMs: 3600000 }]);
  let count = 0;
  let message;
  while (message === undefined) {
    const record = { key: 'd', headers: {}, value: Buffer.alloc(100000) };
    await log.appender('t').appendAll([record]).then(() => count++, (error) => { message = error.message; });
  }
  console.log(JSON.stringify({ count, message, deficiencies: await log.deficiencies() }));
  await log.close();
`;

describe('EmbeddedEventLog on a full disk', () => {
  it('fails what it cannot write, says so, lives on, and has kept what it acknowledged', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mooring-log-'));
    const command = `ulimit -f ${FILE_LIMIT}; exec "$0" --input-type=module -e "$1" "$2"`;
    const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, PROGRAM, directory]);
    const { count, message, deficiencies } = JSON.parse(stdout);
    expect(count).toBeGreaterThan(0);
    expect(message).toMatch('could not be written');
    expect(deficiencies).toMatchObject([{ severity: 'unavailable' }]);
    const log = await EmbeddedEventLog.open({ directory });
    expect(await readAll(log, 't')).toHaveLength(count);
    await log.close();
    rmSync(directory, { recursive: true });
  }, 60_000);
});
