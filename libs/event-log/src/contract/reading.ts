import { expect, it } from '@jest/globals';
import type { EventLog, StoredRecord } from '../port.js';
import { type Current, newTopic, readSome, record, take, texts } from './support.js';

/** Ten records, "0" to "9", appended one after the other. */
async function tenRecords(log: EventLog): Promise<string> {
  const topic = await newTopic(log, 1);
  for (let i = 0; i < 10; i++) {
    await log.appender(topic).appendAll([record('d', `${i}`)]);
  }
  return topic;
}

/** More than can pass before anything is read from a log that has nothing to give; no assertion depends on its length. */
const A_WHILE_MS = 100;

function stillPending(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), A_WHILE_MS));
  return Promise.race([promise.then(() => false), later]);
}

export function readingContract(current: Current): void {
  it('describes an empty and a filled partition', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 2);
    expect(await log.describeTopic(topic)).toEqual({ name: topic, partitions: 2 });
    expect(await log.describePartition(topic, 1)).toEqual({ beginningOffset: 0, nextOffset: 0, last: undefined });
    await log.appender(topic).appendAll([record('a', '1'), record('b', '2'), record('c', '3'), record('d', '4')]);
    const both = await Promise.all([0, 1].map((partition) => log.describePartition(topic, partition)));
    expect(both.reduce((sum, one) => sum + one.nextOffset, 0)).toBe(4);
    for (const [partition, one] of both.entries()) {
      if (one.nextOffset > 0) {
        const reader = await log.read(topic, partition, { offset: one.nextOffset - 1 });
        const [last] = await take(reader, 1);
        await reader.close();
        expect(one.last).toEqual({ offset: last?.offset, timestamp: last?.timestamp });
      }
    }
  });

  it('refuses topics and partitions that do not exist', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    await expect(log.describeTopic(`${topic}.none`)).rejects.toThrow();
    await expect(log.describePartition(topic, 1)).rejects.toThrow();
    await expect(log.read(topic, 1, 'earliest')).rejects.toThrow();
    expect(() => log.appender(`${topic}.none`)).toThrow();
  });

  it('reads from the oldest, from an offset, and from one before the oldest', async () => {
    const { log } = current.subject;
    const topic = await tenRecords(log);
    expect(texts(await readSome(log, topic, { from: 'earliest', count: 10 })).join('')).toBe('0123456789');
    expect(texts(await readSome(log, topic, { from: { offset: 4 }, count: 6 })).join('')).toBe('456789');
    expect(texts(await readSome(log, topic, { from: { offset: -1 }, count: 2 })).join('')).toBe('01');
  });

  it('reads from the first record at or after a time', async () => {
    const { log } = current.subject;
    const topic = await tenRecords(log);
    const all = await readSome(log, topic, { from: 'earliest', count: 10 });
    const at = async (timestamp: number): Promise<StoredRecord | undefined> =>
      (await readSome(log, topic, { from: { timestamp }, count: 1 }))[0];
    for (const one of all) {
      expect(await at(one.timestamp)).toEqual(all.find((other) => other.timestamp >= one.timestamp));
    }
    expect((await at(0))?.offset).toBe(0);
    const newest = all.at(-1)?.timestamp ?? 0;
    const after = await log.read(topic, 0, { timestamp: newest + 3_600_000 });
    const next = after.next(10);
    expect(await stillPending(next)).toBe(true);
    await log.appender(topic).appendAll([record('d', 'new')]);
    expect(texts(await next)).toEqual(['new']);
    await after.close();
  });

  it('waits at the end for what is appended, also from an offset that does not exist yet', async () => {
    const { log } = current.subject;
    const topic = await tenRecords(log);
    const latest = await log.read(topic, 0, 'latest');
    const ahead = await log.read(topic, 0, { offset: 12 });
    const [fromLatest, fromAhead] = [latest.next(1), ahead.next(1)];
    expect(await stillPending(Promise.race([fromLatest, fromAhead]))).toBe(true);
    await log.appender(topic).appendAll(['a', 'b', 'c', 'd'].map((text) => record('d', text)));
    expect(texts(await fromLatest)).toEqual(['a']);
    expect(texts(await take(latest, 3))).toEqual(['b', 'c', 'd']);
    expect(texts(await fromAhead)).toEqual(['c']);
    await Promise.all([latest.close(), ahead.close()]);
  });

  it('gives at most as many records as asked for', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    await log.appender(topic).appendAll(Array.from({ length: 50 }, (_, i) => record('d', `${i}`)));
    const reader = await log.read(topic, 0, 'earliest');
    const sizes: number[] = [];
    for (let read = 0; read < 50; read += sizes.at(-1) ?? 0) {
      sizes.push((await reader.next(7)).length);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    await reader.close();
  });

  it('serves many readers of one partition, each at its own place', async () => {
    const { log } = current.subject;
    const topic = await tenRecords(log);
    const readers = await Promise.all(Array.from({ length: 12 }, (_, i) => log.read(topic, 0, { offset: i % 10 })));
    const got = await Promise.all(readers.map((reader, i) => take(reader, 11 - (i % 10) - 1)));
    for (const [i, records] of got.entries()) {
      expect(texts(records).join('')).toBe('0123456789'.slice(i % 10));
    }
    const live = readers.map((reader) => take(reader, 3));
    await log.appender(topic).appendAll(['x', 'y', 'z'].map((text) => record('d', text)));
    for (const records of await Promise.all(live)) {
      expect(texts(records).join('')).toBe('xyz');
    }
    await Promise.all(readers.map((reader) => reader.close()));
  });

  it('ends a waiting read when the reader is closed', async () => {
    const { log } = current.subject;
    const reader = await log.read(await newTopic(log, 1), 0, 'latest');
    const next = reader.next(1);
    await reader.close();
    expect(await next).toEqual([]);
    expect(await reader.next(1)).toEqual([]);
  });
}
