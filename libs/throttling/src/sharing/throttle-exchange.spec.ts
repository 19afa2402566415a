import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { loadConfiguration } from '@mooring/config';
import type { Appender, LogRecord, StoredRecord } from '@mooring/event-log';
import { createLogger, createMetrics } from '@mooring/observability';
import { Throttles } from '../throttles.js';
import { ThrottleExchange } from './throttle-exchange.js';

/** A topic in memory, which all processes of a test hear, unless it is cut. */
class Broadcasts {
  isCut = false;
  private readonly followers = new Set<(record: StoredRecord) => void>();

  appender(): Appender {
    return { appendAll: async (records: readonly LogRecord[]) => this.tell(records) } as Partial<Appender> as Appender;
  }

  async follow(topic: string, handler: (record: StoredRecord) => void) {
    this.followers.add(handler);
    handler({ topic, partition: 0, offset: 0, timestamp: 0, key: '', headers: {}, value: Buffer.from('none of ours') });
    return { close: async () => void this.followers.delete(handler) };
  }

  private tell(records: readonly LogRecord[]): void {
    if (this.isCut) {
      throw new Error('cut');
    }
    for (const record of records) {
      for (const follower of this.followers) {
        follower({ ...record, headers: {}, topic: 'control', partition: 0, offset: 0, timestamp: 0 });
      }
    }
  }
}

async function processes(count: number) {
  const clock = new ManualClock();
  const eventLog = new Broadcasts();
  const { settings } = loadConfiguration({ MOORING_THROTTLING: 'true', MOORING_THROTTLE_D2C_SENDS_PER_SECOND: '90' });
  const all = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const throttles = Throttles.open({ settings, clock, metrics: createMetrics() });
      if (throttles === undefined) {
        throw new Error('they are on');
      }
      const logger = createLogger('test', 'silent');
      const options = { throttles, process: `edge-${index}`, eventLog, topic: 'control', clock, logger };
      const exchange = new ThrottleExchange(options);
      await exchange.start();
      return { exchange, throttle: throttles.get('d2c-sends') };
    }),
  );
  const rates = () => all.map(({ throttle }) => Math.round(throttle.bucket.perSecond));
  return { clock, eventLog, all, rates };
}

describe('processes', () => {
  it('have equal parts of a limit that nobody wants', async () => {
    const { clock, rates } = await processes(3);
    clock.advance(4_000);
    expect(rates()).toEqual([30, 30, 30]);
  });

  it('give what the others do not, and take the part of one that has gone', async () => {
    const { clock, rates, all } = await processes(3);
    const [first] = all;
    for (let tick = 0; tick < 60; tick++) {
      for (let message = 0; message < 10; message++) {
        first?.throttle.take(`d${message}`, 1);
      }
      clock.advance(200);
    }
    expect(rates()[0]).toBeGreaterThan(60);
    expect(rates().reduce((sum, rate) => sum + rate, 0)).toBeLessThanOrEqual(91);
    await all[1]?.exchange.stop();
    await all[2]?.exchange.stop();
    clock.advance(12_000);
    expect(rates()[0]).toBe(90);
  });

  it('keep their parts while they do not hear of each other', async () => {
    const { clock, eventLog, rates } = await processes(3);
    clock.advance(4_000);
    eventLog.isCut = true;
    clock.advance(60_000);
    expect(rates()).toEqual([30, 30, 30]);
  });
});
