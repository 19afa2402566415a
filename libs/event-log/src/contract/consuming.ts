import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { EventLog, LogRecord, StoredRecord } from '../port.js';
import { type Current, eventually, newTopic, record, reopen, texts } from './support.js';

function numbered(from: number, to: number): LogRecord[] {
  return Array.from({ length: to - from }, (_, i) => record(`device-${from + i}`, `${from + i}`));
}

function append(log: EventLog, topic: string, records: readonly LogRecord[]): Promise<void> {
  return log.appender(topic).appendAll(records);
}

export function consumingContract(current: Current): void {
  it('gives each record to one member of a group, each partition in order, and to every group', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 4);
    await append(log, topic, numbered(0, 100));
    const [first, second, other]: StoredRecord[][] = [[], [], []];
    const shared = { topic, group: randomUUID(), from: 'earliest' } as const;
    const subscriptions = [
      await log.consume(shared, async (records) => void first?.push(...records)),
      await log.consume(shared, async (records) => void second?.push(...records)),
      await log.consume({ ...shared, group: randomUUID() }, async (records) => void other?.push(...records)),
    ];
    await append(log, topic, numbered(100, 300));
    const distinct = (): number => new Set(texts([...(first ?? []), ...(second ?? [])])).size;
    await eventually(() => distinct() === 300 && other?.length === 300, 'all records in both groups');
    for (let partition = 0; partition < 4; partition++) {
      const offsets = other?.filter((one) => one.partition === partition).map((one) => one.offset);
      expect(offsets).toEqual([...(offsets ?? [])].sort((a, b) => a - b));
    }
    await eventually(() => (second?.length ?? 0) > 0, 'the second member to have a share');
    await Promise.all(subscriptions.map((one) => one.close()));
  });

  it('resumes after what it committed, also when the log is opened again', async () => {
    const topic = await newTopic(current.subject.log, 2);
    const options = { topic, group: randomUUID(), from: 'earliest' } as const;
    await append(current.subject.log, topic, numbered(0, 50));
    const seen: string[] = [];
    const note = async (records: readonly StoredRecord[]): Promise<void> => void seen.push(...texts(records));
    const first = await current.subject.log.consume(options, note);
    await eventually(() => seen.length === 50, 'the first 50');
    await first.close();
    const log = await reopen(current, topic, 2);
    await append(log, topic, numbered(50, 80));
    const second = await log.consume(options, note);
    await eventually(() => seen.length >= 80, 'the next 30');
    await second.close();
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, i) => i));
  });

  it('starts a new group after the newest record if asked to', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    await append(log, topic, numbered(0, 5));
    const seen: string[] = [];
    const options = { topic, group: randomUUID(), from: 'latest' } as const;
    const subscription = await log.consume(options, async (records) => void seen.push(...texts(records)));
    await append(log, topic, numbered(5, 8));
    await eventually(() => seen.length === 3, 'the new records');
    expect(seen).toEqual(['5', '6', '7']);
    await subscription.close();
  });

  it('hands the same records over again, and nothing later before them, when the handler fails', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    await append(log, topic, numbered(0, 30));
    const calls: string[][] = [];
    const options = { topic, group: randomUUID(), from: 'earliest', maxRecords: 10 } as const;
    const subscription = await log.consume(options, async (records) => {
      calls.push(texts(records));
      if (calls.length === 2 || calls.length === 3) {
        throw new Error('not now');
      }
    });
    await eventually(() => calls.flat().includes('29'), 'the last record');
    await subscription.close();
    expect(Math.max(...calls.map((call) => call.length))).toBeLessThanOrEqual(10);
    const start = calls[1]?.[0];
    expect([calls[2]?.[0], calls[3]?.[0]]).toEqual([start, start]);
    const first = calls.filter((_, i) => i !== 1 && i !== 2).flat();
    expect(first.map(Number)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it('does not call a handler any more once its subscription is closed', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    let running = 0;
    let calls = 0;
    const options = { topic, group: randomUUID(), from: 'earliest' } as const;
    const subscription = await log.consume(options, async () => {
      calls++;
      running++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
    });
    await append(log, topic, numbered(0, 1));
    await eventually(() => calls === 1, 'the handler');
    await subscription.close();
    expect(running).toBe(0);
    await append(log, topic, numbered(1, 5));
    expect(calls).toBe(1);
  });

  it('lets every follower see all that is appended after it began', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 2);
    await append(log, topic, numbered(0, 10));
    const seen: StoredRecord[][] = [[], []];
    const followers = await Promise.all(seen.map((records) => log.follow(topic, (one) => void records.push(one))));
    await append(log, topic, numbered(10, 60));
    for (const records of seen) {
      await eventually(() => records.length === 50, 'the 50 new records');
      expect(
        texts(records)
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 50 }, (_, i) => i + 10));
      for (const partition of [0, 1]) {
        const offsets = records.filter((one) => one.partition === partition).map((one) => one.offset);
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      }
    }
    await followers[0]?.close();
    await append(log, topic, numbered(60, 61));
    await eventually(() => seen[1]?.length === 51, 'the follower that is left');
    expect(seen[0]).toHaveLength(50);
    await followers[1]?.close();
  });
}
