import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { EmbeddedEventLog, type LogRecord, type StoredRecord } from '@mooring/event-log';
import { hubTopics, MESSAGE_SOURCE } from '@mooring/messages';
import { createMetrics } from '@mooring/observability';
import { Dispatcher } from './dispatcher.js';
import { routeBySource } from './domain/route.js';
import { BuiltInEndpoint } from './endpoints/built-in-endpoint.js';

const topics = hubTopics('mooring', 3, 3_600_000);
const telemetryOnly = [routeBySource([MESSAGE_SOURCE.telemetry])];

let directory: string;
let log: EmbeddedEventLog;
let dispatcher: Dispatcher;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mooring-routing-'));
  log = await EmbeddedEventLog.open({ directory, clock: new SystemClock() });
  await log.ensureTopics(topics.specs);
  dispatcher = new Dispatcher({ log, metrics: createMetrics(), ingress: topics.ingress, groupPrefix: 'routing' });
});
afterEach(async () => {
  await dispatcher.close();
  await log.close();
  rmSync(directory, { recursive: true });
});

function message(key: string, text: string, source: string = MESSAGE_SOURCE.telemetry): LogRecord {
  return { key, headers: { 'iothub-message-source': source, text }, value: Buffer.from(text) };
}

/** Everything in a topic, by device, in order. */
async function contents(topic: string, count: number): Promise<Map<string, StoredRecord[]>> {
  const found = new Map<string, StoredRecord[]>();
  let missing = count;
  for (let partition = 0; missing > 0; partition = (partition + 1) % 3) {
    const { nextOffset } = await log.describePartition(topic, partition);
    if (nextOffset === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const reader = await log.read(topic, partition, 'earliest');
    const records = await reader.next(nextOffset);
    await reader.close();
    for (const record of records) {
      const known = found.get(record.key) ?? [];
      if (known.every(({ offset }) => offset !== record.offset)) {
        found.set(record.key, [...known, record]);
        missing--;
      }
    }
  }
  return found;
}

describe('Dispatcher', () => {
  it('delivers what a route takes, unchanged and in the order of each device, and leaves the rest', async () => {
    const ingress = log.appender(topics.ingress);
    await dispatcher.feed(new BuiltInEndpoint(log.appender(topics.events)), telemetryOnly);
    const sent = ['a', 'b'].flatMap((key) => [
      message(key, '1'),
      message(key, 'created', 'deviceLifecycleEvents'),
      message(key, '2'),
    ]);
    await ingress.appendAll(sent);
    const found = await contents(topics.events, 4);
    for (const key of ['a', 'b']) {
      expect(found.get(key)?.map(({ value }) => value.toString())).toEqual(['1', '2']);
      expect(found.get(key)?.[0]?.headers['text']?.toString()).toBe('1');
    }
  });

  it('delivers again what an endpoint has not confirmed, before anything later', async () => {
    const attempts: string[][] = [];
    let failures = 2;
    await dispatcher.feed(
      {
        name: 'flaky',
        deliver: async (records) => {
          attempts.push(records.map(({ value }) => value.toString()));
          if (failures-- > 0) {
            throw new Error('away');
          }
        },
      },
      telemetryOnly,
    );
    await log.appender(topics.ingress).appendAll([message('a', '1')]);
    await log.appender(topics.ingress).appendAll([message('a', '2')]);
    const delivered = () => attempts.slice(2).flat();
    while (delivered().length < 2) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(attempts[0]?.[0]).toBe('1');
    expect(attempts[1]?.[0]).toBe('1');
    expect(delivered()).toEqual(['1', '2']);
  });

  it('goes on where it had stopped', async () => {
    const deliveredTo = async (texts: string[]): Promise<Dispatcher> => {
      const next = new Dispatcher({ log, metrics: createMetrics(), ingress: topics.ingress, groupPrefix: 'again' });
      const deliver = async (records: readonly StoredRecord[]) => {
        texts.push(...records.map(({ value }) => value.toString()));
      };
      await next.feed({ name: 'e', deliver }, telemetryOnly);
      return next;
    };
    const until = async (texts: string[], count: number) => {
      while (texts.length < count) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const first: string[] = [];
    const before = await deliveredTo(first);
    await log.appender(topics.ingress).appendAll([message('a', '1')]);
    await until(first, 1);
    await before.close();
    const second: string[] = [];
    const after = await deliveredTo(second);
    await log.appender(topics.ingress).appendAll([message('a', '2')]);
    await until(second, 1);
    await after.close();
    expect([first, second]).toEqual([['1'], ['2']]);
  });
});
