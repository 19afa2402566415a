import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { eventually, NotingOrigin, readAll, record, texts } from '../contract/support.js';
import { EmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded-event-log.js';

const HOUR_MS = 3_600_000;
/** So that one sweep falls due each time that a test moves on by as much. */
const SWEEP_MS = HOUR_MS + 1;

describe('EmbeddedEventLog', () => {
  let directory: string;
  const clock = new ManualClock();
  let log: EmbeddedEventLog;

  async function open(options: Partial<EmbeddedEventLogOptions> = {}): Promise<void> {
    log = await EmbeddedEventLog.open({ directory, clock, retentionSweepMs: SWEEP_MS, flushIntervalMs: 0, ...options });
    await log.ensureTopics([{ name: 't', partitions: 1, retentionMs: HOUR_MS }]);
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mooring-log-'));
  });

  afterEach(async () => {
    await log.close();
    rmSync(directory, { recursive: true });
  });

  it('acknowledges nothing while the flush is held back, then all that waited in one batch', async () => {
    let letGo: (() => void) | undefined;
    await open({ flushGate: () => (letGo === undefined ? Promise.resolve() : gate) });
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const origin = new NotingOrigin();
    const appender = log.appender('t');
    for (let i = 0; i < 10; i++) {
      appender.append(record('d', `${i}`), origin, i);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(origin.tokens).toEqual([]);
    expect((await log.describePartition('t', 0)).nextOffset).toBe(0);
    letGo?.();
    await appender.drained();
    expect(origin.batches).toEqual([10]);
  });

  it('refuses a directory that is in use', async () => {
    await open();
    await expect(EmbeddedEventLog.open({ directory, clock })).rejects.toThrow('in use');
    await log.close();
    await open();
  });

  it('forgets what is older than the retention, and goes on with the next offset even when all is gone', async () => {
    await open();
    await log.appender('t').appendAll([record('d', 'a'), record('d', 'b')]);
    clock.advance(HOUR_MS / 2);
    await log.appender('t').appendAll([record('d', 'c')]);
    const begun = (offset: number): Promise<void> =>
      eventually(
        async () => (await log.describePartition('t', 0)).beginningOffset === offset,
        `the partition to begin at ${offset}`,
      );
    clock.advance(SWEEP_MS - HOUR_MS / 2);
    await begun(2);
    expect(texts(await readAll(log, 't'))).toEqual(['c']);
    clock.advance(SWEEP_MS);
    await begun(3);
    await log.close();
    await open();
    expect(await log.describePartition('t', 0)).toEqual({ beginningOffset: 3, nextOffset: 3, last: undefined });
    await log.appender('t').appendAll([record('d', 'd')]);
    expect((await readAll(log, 't')).map((one) => one.offset)).toEqual([3]);
  });

  it('keeps times from decreasing when the clock is put back', async () => {
    await open();
    await log.appender('t').appendAll([record('d', 'a')]);
    await log.close();
    await open({ clock: new ManualClock(clock.now() - HOUR_MS) });
    await log.appender('t').appendAll([record('d', 'b')]);
    const [a, b] = await readAll(log, 't');
    expect(b?.timestamp).toBe(a?.timestamp);
  });

  it('fails the origins of a batch that cannot be written, says so, and recovers', async () => {
    let broken = false;
    await open({ flushGate: () => Promise.resolve(void (broken && breakStore(log))) });
    const origin = new NotingOrigin();
    broken = true;
    log.appender('t').append(record('d', 'lost'), origin, 0);
    await eventually(() => origin.errors.length === 1, 'the failure');
    expect(origin.tokens).toEqual([]);
    expect(log.appender('t').outstanding.records).toBe(0);
    expect((await log.deficiencies()).map((one) => one.severity)).toEqual(['unavailable']);
    broken = false;
    await log.appender('t').appendAll([record('d', 'kept')]);
    expect(await log.deficiencies()).toEqual([]);
    expect(texts(await readAll(log, 't'))).toEqual(['kept']);
  });
});

/** Makes the next write fail as a full disk would. */
function breakStore(log: EmbeddedEventLog): void {
  const { store } = log as unknown as { store: { write: unknown } };
  const write = store.write;
  store.write = () => {
    store.write = write;
    return Promise.reject(new Error('no space left'));
  };
}
