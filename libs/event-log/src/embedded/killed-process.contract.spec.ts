import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { readAll } from '../contract/support.js';
import { EmbeddedEventLog } from './embedded-event-log.js';

const ROUNDS = 3;
const ACKNOWLEDGED_PER_ROUND = 300;

/** Appends numbers without end, some at a time, and prints each once it is acknowledged. */
const PROGRAM = `
  import { EmbeddedEventLog } from ${JSON.stringify(new URL('./embedded-event-log.js', import.meta.url).href)};
  const [directory, first] = process.argv.slice(-2);
  const log = await EmbeddedEventLog.open({ directory });
  await log.ensureTopics([{ name: 't', partitions: 3, retentionMs: 3600000 }]);
  const appender = log.appender('t');
  let next = Number(first);
  const origin = {
    done: [],
    appended(token) { this.done.push(token); },
    appendedAll() {
      console.log(this.done.join(' '));
      for (const _ of this.done.splice(0)) append();
    },
    appendFailed(error) { throw error; },
    appendable() {},
  };
  const append = () => {
    appender.append({ key: 'device-' + next % 7, headers: { n: String(next) }, value: Buffer.alloc(500) }, origin, next);
    next++;
  };
  for (let i = 0; i < 40; i++) append();
`;

/** Runs the program until it has acknowledged enough, and kills it. @returns the numbers that it acknowledged */
async function acknowledgedUntilKilled(directory: string, first: number): Promise<number[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(...line.split(' ').map(Number));
    if (acknowledged.length >= ACKNOWLEDGED_PER_ROUND) {
      child.kill('SIGKILL');
    }
  }
  return acknowledged;
}

describe('EmbeddedEventLog in a process that is killed', () => {
  it('has everything that was acknowledged, each key in order', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mooring-log-'));
    const acknowledged: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged.push(...(await acknowledgedUntilKilled(directory, round * 1_000_000)));
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGED_PER_ROUND);
    const log = await EmbeddedEventLog.open({ directory });
    const stored = await readAll(log, 't');
    const numbers = stored.map((one) => Number(one.headers['n']?.toString()));
    const known = new Set(numbers);
    expect(acknowledged.filter((number) => !known.has(number))).toEqual([]);
    for (let key = 0; key < 7; key++) {
      const own = numbers.filter((_, i) => stored[i]?.key === `device-${key}`);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    await log.close();
    rmSync(directory, { recursive: true });
  }, 60_000);
});
