import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { NotingOrigin, record } from '../../contract/support.js';
import { SimulatedCluster } from './simulated-cluster.js';

const A = 'a';
const B = 'b';

/** Lets what was resolved reach those who wait. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await Promise.resolve();
  }
}

function cluster(partitions = 2): SimulatedCluster {
  return new SimulatedCluster({ clock: new ManualClock(), partitions, leaders: [1, 2] });
}

describe('lanes', () => {
  it('wait for the linger time, then send what has come, one batch of each partition', async () => {
    const kafka = cluster();
    const origin = new NotingOrigin();
    const [first, second] = kafka.twoKeysOf(1);
    kafka.appender.append(record(first, A), origin, 1);
    kafka.clock.advance(1);
    kafka.appender.append(record(second, B), origin, 2);
    expect(kafka.sends).toHaveLength(0);
    kafka.clock.advance(1);
    expect(kafka.sends.map((send) => send.texts)).toEqual([[A, B]]);
    kafka.sends[0]?.answer('stored');
    await settle();
    expect(origin.tokens).toEqual([1, 2]);
    expect(origin.batches).toEqual([2]);
  });

  it('have one request outstanding each, and independent of each other', async () => {
    const kafka = cluster();
    const [one, two] = [new NotingOrigin(), new NotingOrigin()];
    kafka.appender.append(record(kafka.keyOf(1), A), one, 1);
    kafka.appender.append(record(kafka.keyOf(2), B), two, 1);
    kafka.clock.advance(2);
    expect(kafka.sends.map((send) => send.broker)).toEqual([1, 2]);
    kafka.appender.append(record(kafka.keyOf(1), 'next'), one, 2);
    kafka.clock.advance(100);
    expect(kafka.sends).toHaveLength(2);
    kafka.sends[1]?.answer('stored');
    await settle();
    expect(two.tokens).toEqual([1]);
    kafka.sends[0]?.answer('stored');
    await settle();
    kafka.clock.advance(2);
    expect(kafka.sends[2]?.texts).toEqual(['next']);
  });

  it('repeat a request whose outcome is unknown, unchanged, before anything else', async () => {
    const kafka = cluster();
    const origin = new NotingOrigin();
    const [key, other] = kafka.twoKeysOf(1);
    kafka.appender.append(record(key, A), origin, 1);
    kafka.clock.advance(2);
    kafka.appender.append(record(key, B), origin, 2);
    kafka.appender.append(record(other, 'c'), origin, 3);
    kafka.sends[0]?.fail();
    await settle();
    kafka.clock.advance(1_000);
    expect(kafka.sends[1]?.payloads).toEqual(kafka.sends[0]?.payloads);
    kafka.sends[1]?.answer('stored');
    await settle();
    expect(origin.tokens).toEqual([1]);
    kafka.clock.advance(2);
    expect(kafka.sends[2]?.texts.sort()).toEqual([B, 'c']);
  });

  it('give up a batch after its time, fail its origins and drop what they queued; others go on', async () => {
    const kafka = cluster();
    const [failing, other] = [new NotingOrigin(), new NotingOrigin()];
    const key = kafka.keyOf(1);
    kafka.appender.append(record(key, A), failing, 1);
    kafka.clock.advance(2);
    kafka.clock.advance(5_000);
    kafka.appender.append(record(key, B), failing, 2);
    kafka.appender.append(record(key, 'c'), other, 1);
    for (let tries = 0; failing.errors.length === 0; tries++) {
      expect(tries).toBeLessThan(1_000);
      kafka.sends.at(-1)?.fail();
      await settle();
      kafka.clock.advance(500);
      await settle();
    }
    expect(kafka.clock.monotonic()).toBeLessThanOrEqual(kafka.settings.giveUpMs + 2_000);
    expect(failing.tokens).toEqual([]);
    expect(failing.errors).toHaveLength(1);
    expect(other.errors).toEqual([]);
    expect(kafka.appender.outstanding.records).toBe(1);
    kafka.clock.advance(1_000);
    expect(kafka.sends.at(-1)?.texts).toEqual(['c']);
    kafka.sends.at(-1)?.answer('stored');
    await settle();
    expect(other.tokens).toEqual([1]);
    expect(kafka.appender.outstanding).toEqual({ records: 0, bytes: 0 });
  });

  it('give up at once what Kafka will never take', async () => {
    const kafka = cluster();
    const [bad, good] = [new NotingOrigin(), new NotingOrigin()];
    const [first, second] = kafka.twoKeysOf(1);
    kafka.appender.append(record(first, A), bad, 1);
    kafka.appender.append(record(second, B), good, 1);
    kafka.clock.advance(2);
    kafka.sends[0]?.answer('rejected', 'stored');
    await settle();
    expect([bad.errors.length, good.tokens]).toEqual([1, [1]]);
  });

  it('tell an origin nothing more once it has failed', async () => {
    const kafka = cluster();
    const origin = new NotingOrigin();
    const [first, second] = kafka.twoKeysOf(1);
    kafka.appender.append(record(first, A), origin, 1);
    kafka.appender.append(record(second, B), origin, 2);
    kafka.clock.advance(2);
    kafka.sends[0]?.answer('rejected', 'refused');
    await settle();
    kafka.clock.advance(100);
    await settle();
    kafka.clock.advance(2);
    expect(kafka.sends[1]?.texts).toEqual([B]);
    kafka.sends[1]?.answer('stored');
    await settle();
    expect([origin.errors.length, origin.tokens]).toEqual([1, []]);
    expect(kafka.appender.outstanding).toEqual({ records: 0, bytes: 0 });
  });

  it('park a partition that is refused, and send it to its new leader once that is known', async () => {
    const kafka = cluster();
    const origin = new NotingOrigin();
    const [moved, stays] = kafka.twoKeysOf(1);
    kafka.appender.append(record(moved, A), origin, 1);
    kafka.appender.append(record(stays, B), origin, 2);
    kafka.clock.advance(2);
    kafka.lead(kafka.partitionOf(moved), 3);
    kafka.sends[0]?.answer('refused', 'stored');
    await settle();
    expect(origin.tokens).toEqual([2]);
    kafka.appender.append(record(moved, 'later'), origin, 3);
    kafka.clock.advance(50);
    await settle();
    kafka.clock.advance(2);
    expect(kafka.sends[1]).toMatchObject({ broker: 3, texts: [A] });
    kafka.sends[1]?.answer('stored');
    await settle();
    kafka.clock.advance(2);
    expect(kafka.sends[2]).toMatchObject({ broker: 3, texts: ['later'] });
  });

  it('leave a partition where it is while something of it is outstanding, and give up a leader that lost it', async () => {
    const kafka = cluster();
    const origin = new NotingOrigin();
    const key = kafka.keyOf(1);
    kafka.appender.append(record(key, A), origin, 1);
    kafka.clock.advance(2);
    kafka.lead(kafka.partitionOf(key), 3);
    kafka.clock.advance(1_500);
    await settle();
    expect(kafka.sends).toHaveLength(1);
    kafka.clock.advance(3_000);
    await settle();
    kafka.clock.advance(2);
    expect(kafka.sends[0]?.abandoned).toBe(true);
    expect(kafka.sends[1]).toMatchObject({ broker: 3, texts: [A] });
  });

  it('keep what has no leader until there is one', async () => {
    const kafka = cluster();
    const origin = new NotingOrigin();
    const key = kafka.keyOf(1);
    kafka.lead(kafka.partitionOf(key), undefined);
    kafka.appender.append(record(key, A), origin, 1);
    kafka.clock.advance(2);
    expect(kafka.sends[0]?.broker).toBe(1);
    kafka.sends[0]?.answer('refused');
    await settle();
    for (let second = 0; second < 5; second++) {
      kafka.clock.advance(1_000);
      await settle();
    }
    expect(kafka.sends).toHaveLength(1);
    kafka.lead(kafka.partitionOf(key), 2);
    kafka.clock.advance(1_000);
    await settle();
    kafka.clock.advance(2);
    expect(kafka.sends[1]).toMatchObject({ broker: 2, texts: [A] });
  });

  it('stop origins at the limit of their lane only, and let them go on when half of it is gone', async () => {
    const kafka = cluster();
    const [slow, fast] = [new NotingOrigin(), new NotingOrigin()];
    const [slowKey, fastKey] = [kafka.keyOf(1), kafka.keyOf(2)];
    let token = 0;
    while (kafka.appender.append(record(slowKey, A), slow, token++)) {
      expect(token).toBeLessThanOrEqual(kafka.settings.laneLimits.records);
    }
    expect(token).toBe(kafka.settings.laneLimits.records);
    expect(kafka.appender.append(record(fastKey, B), fast, 1)).toBe(true);
    kafka.clock.advance(2);
    kafka.sends.find((send) => send.broker === 2)?.answer('stored');
    await settle();
    expect([slow.timesAppendable, fast.tokens]).toEqual([0, [1]]);
    kafka.sends.find((send) => send.broker === 1)?.answer('stored');
    await settle();
    expect(slow.timesAppendable).toBe(1);
  });

  it('send no more than a batch holds, in order', async () => {
    const kafka = cluster();
    const origin = new NotingOrigin();
    const key = kafka.keyOf(1);
    const third = kafka.settings.maxBatchBytes / 3;
    for (let i = 0; i < 7; i++) {
      kafka.appender.append({ key, headers: {}, value: Buffer.alloc(third - 200, `${i}`) }, origin, i);
    }
    for (let sends = 1; origin.tokens.length < 7; sends++) {
      kafka.clock.advance(2);
      expect(kafka.sends).toHaveLength(sends);
      expect(kafka.sends.at(-1)?.texts.length).toBeLessThanOrEqual(3);
      kafka.sends.at(-1)?.answer('stored');
      await settle();
    }
    expect(origin.tokens).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
