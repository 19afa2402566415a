import { expect, it } from '@jest/globals';
import type { LogRecord } from '../port.js';
import {
  type Current,
  eventually,
  NotingOrigin,
  newTopic,
  readAll,
  record,
  reopen,
  TEST_LIMITS,
  texts,
} from './support.js';

/** The name of a header that must be one like any other. */
const PROTO = '__proto__';

export function appendingContract(current: Current): void {
  it('acknowledges each record once, in the order of the appends to a partition, batch by batch', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    const appender = log.appender(topic);
    expect(log.appender(topic)).toBe(appender);
    const origin = new NotingOrigin();
    for (let token = 0; token < 500; token++) {
      appender.append(record('device', `${token}`), origin, token);
      expect(origin.tokens).toHaveLength(0);
    }
    expect(appender.outstanding.records).toBe(500);
    expect(appender.outstanding.bytes).toBeGreaterThan(500);
    await appender.drained();
    expect(appender.outstanding).toEqual({ records: 0, bytes: 0 });
    expect(origin.tokens).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(origin.batches.at(-1)).toBe(500);
    expect(new Set(origin.batches).size).toBe(origin.batches.length);
    expect(origin.errors).toEqual([]);
  });

  it('tells each origin of a batch of its own records only', async () => {
    const { log } = current.subject;
    const appender = log.appender(await newTopic(log, 3));
    const origins = Array.from({ length: 10 }, () => new NotingOrigin());
    for (let i = 0; i < 300; i++) {
      appender.append(record(`device-${i % 10}`, `${i}`), origins[i % 10] as NotingOrigin, i);
    }
    await appender.drained();
    for (const [i, origin] of origins.entries()) {
      expect(origin.tokens).toEqual(Array.from({ length: 30 }, (_, n) => n * 10 + i));
      expect(origin.batches.at(-1)).toBe(30);
    }
  });

  it('keeps the order of the records of one key, and each key in one partition', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 5);
    const sent: LogRecord[] = [];
    for (let i = 0; i < 600; i++) {
      sent.push(record(`device-${i % 23}`, `${i}`));
    }
    await Promise.all([0, 200, 400].map((at) => log.appender(topic).appendAll(sent.slice(at, at + 200))));
    const stored = await readAll(log, topic);
    expect(stored).toHaveLength(600);
    for (let device = 0; device < 23; device++) {
      const own = stored.filter((one) => one.key === `device-${device}`);
      expect(new Set(own.map((one) => one.partition)).size).toBe(1);
      const order = own.map((one) => Number(one.value.toString()));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
    expect(new Set(stored.map((one) => one.partition)).size).toBeGreaterThan(1);
  });

  it('still has what it acknowledged when it is opened again, and goes on with the next offset', async () => {
    const topic = await newTopic(current.subject.log, 2);
    const sent = Array.from({ length: 100 }, (_, i) => record(`device-${i}`, `${i}`));
    await current.subject.log.appender(topic).appendAll(sent);
    const log = await reopen(current, topic, 2);
    expect(texts(await readAll(log, topic)).sort()).toEqual(sent.map((one) => one.value.toString()).sort());
    const before = await log.describePartition(topic, 0);
    await log.appender(topic).appendAll(sent);
    expect((await log.describePartition(topic, 0)).nextOffset).toBe(before.nextOffset * 2);
  });

  it('asks an origin to stop at its limit, takes the record all the same, and lets it go on', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    const appender = log.appender(topic);
    const origin = new NotingOrigin();
    let appended = 0;
    while (appender.append(record('device', `${appended}`), origin, appended++)) {
      expect(appended).toBeLessThanOrEqual(TEST_LIMITS.records);
    }
    expect(origin.timesAppendable).toBe(0);
    await eventually(() => origin.timesAppendable === 1, 'room');
    await appender.drained();
    expect(origin.tokens).toHaveLength(appended);
    expect(origin.timesAppendable).toBe(1);
    expect(await readAll(log, topic)).toHaveLength(appended);
  });

  it('appends more than its limit at a stretch', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 2);
    const count = TEST_LIMITS.records * 3;
    await log.appender(topic).appendAll(Array.from({ length: count }, (_, i) => record(`${i}`, `${i}`)));
    expect(await readAll(log, topic)).toHaveLength(count);
    await log.appender(topic).appendAll([]);
  });

  it('keeps values, keys and headers of every kind as they are', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    const headers: Record<string, string | Buffer> = Object.create(null);
    headers[PROTO] = 'proto';
    headers['constructor'] = 'made';
    headers['empty'] = '';
    headers['text'] = 'grüße, 世界 🚢';
    headers['ключ'] = 'x'.repeat(300);
    headers['bytes'] = Buffer.from([0, 255, 128, 13, 10]);
    const big = Buffer.alloc(256 * 1024, 'mooring');
    await log.appender(topic).appendAll([
      { key: 'gerät-1', headers, value: Buffer.alloc(0) },
      { key: 'd', headers: {}, value: big },
      { key: 'd', headers: {}, value: Buffer.from([0, 1, 254, 255]) },
    ]);
    const [first, second, third] = await readAll(log, topic);
    expect(first?.key).toBe('gerät-1');
    expect(first?.value).toHaveLength(0);
    const stored = first?.headers ?? {};
    expect(Object.getPrototypeOf(stored)).toBeNull();
    expect(Object.keys(stored)).toEqual(Object.keys(headers));
    for (const name of Object.keys(headers)) {
      expect(stored[name]).toEqual(Buffer.from(headers[name] ?? ''));
    }
    expect(second?.value.equals(big)).toBe(true);
    expect(third?.value).toEqual(Buffer.from([0, 1, 254, 255]));
    expect(Object.keys(third?.headers ?? { none: 1 })).toEqual([]);
  });

  it('numbers records without gaps of its own, with times that never decrease', async () => {
    const { log } = current.subject;
    const topic = await newTopic(log, 1);
    const start = Date.now();
    for (let round = 0; round < 5; round++) {
      await log.appender(topic).appendAll(Array.from({ length: 20 }, (_, i) => record('d', `${round}-${i}`)));
    }
    const stored = await readAll(log, topic);
    expect(stored.map((one) => one.offset)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    let previous = start - 60_000;
    for (const one of stored) {
      expect(one.timestamp).toBeGreaterThanOrEqual(previous);
      previous = one.timestamp;
    }
    expect(previous).toBeLessThan(Date.now() + 60_000);
  });
}
