import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { appendingContract } from './appending.js';
import { consumingContract } from './consuming.js';
import { readingContract } from './reading.js';

import {
  type Current,
  type MakeEventLog,
  NotingOrigin,
  newTopic,
  PATIENCE_MS,
  readAll,
  record,
  reopen,
  TEST_LIMITS,
  texts,
} from './support.js';

export type { EventLogUnderTest, MakeEventLog } from './support.js';

/** What every event log must do; each adapter's tests run it. */
export function eventLogContract(name: string, makeLog: MakeEventLog): void {
  describe(`event log: ${name}`, () => {
    jest.setTimeout(PATIENCE_MS * 2);
    const current = {} as Current;
    beforeAll(async () => {
      current.subject = await makeLog(TEST_LIMITS);
    });
    afterAll(() => current.subject.dispose());

    describe('appending', () => appendingContract(current));
    describe('reading', () => readingContract(current));
    describe('consuming', () => consumingContract(current));

    it('has nothing to complain of', async () => {
      expect((await current.subject.log.deficiencies()).filter((one) => one.severity === 'unavailable')).toEqual([]);
    });

    it('keeps a topic that exists, with the number of partitions that it has', async () => {
      const { log } = current.subject;
      const topic = await newTopic(log, 2);
      await log.appender(topic).appendAll([record('d', 'x')]);
      await log.ensureTopics([{ name: topic, partitions: 5, retentionMs: 3_600_000 }]);
      expect(await log.describeTopic(topic)).toEqual({ name: topic, partitions: 2 });
    });

    it('ends readers, subscriptions and appenders when it is closed', async () => {
      const { log } = current.subject;
      const topic = await newTopic(log, 1);
      const reader = await log.read(topic, 0, 'latest');
      const next = reader.next(1);
      const handled: string[] = [];
      await log.consume({ topic, group: topic, from: 'latest' }, async () => void handled.push('group'));
      await log.follow(topic, () => void handled.push('follower'));
      const appender = log.appender(topic);
      const again = await reopen(current, topic, 1);
      expect(await next).toEqual([]);
      const origin = new NotingOrigin();
      expect(appender.append(record('d', 'late'), origin, 1)).toBe(false);
      await again.appender(topic).appendAll([record('d', 'x')]);
      expect(texts(await readAll(again, topic))).toEqual(['x']);
      expect(handled).toEqual([]);
      expect(origin.tokens).toEqual([]);
    });
  });
}
