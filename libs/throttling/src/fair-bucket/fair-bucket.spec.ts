import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import fc from 'fast-check';
import { FairBucket, type Limit } from './fair-bucket.js';

const SECOND = 1_000;

function bucketOf(limit: Limit) {
  const clock = new ManualClock();
  return { clock, bucket: new FairBucket({ limit, clock }) };
}

/** Takes now or when it may; counts what is admitted, and what is refused. */
class Sender {
  admitted = 0;
  refused = 0;
  readonly waits: number[] = [];

  constructor(
    private readonly bucket: FairBucket,
    private readonly clock: ManualClock,
    private readonly name: string,
  ) {}

  send(cost = 1, backlogMs = Number.POSITIVE_INFINITY): void {
    const sentAt = this.clock.monotonic();
    if (this.bucket.take(this.name, cost)) {
      this.admitted += cost;
      this.waits.push(0);
      return;
    }
    this.bucket.wait(this.name, {
      cost,
      deadline: sentAt + backlogMs,
      admitted: () => {
        this.admitted += cost;
        this.waits.push(this.clock.monotonic() - sentAt);
      },
      refused: () => {
        this.refused++;
      },
    });
  }
}

describe('a bucket', () => {
  it('lets nobody wait below its limit', () => {
    const { clock, bucket } = bucketOf({ amount: 100, perMs: SECOND });
    const sender = new Sender(bucket, clock, 'd1');
    for (let i = 0; i < 1_000; i++) {
      sender.send();
      clock.advance(10);
    }
    expect([sender.admitted, Math.max(...sender.waits)]).toEqual([1_000, 0]);
  });

  it('gives a sender that is alone all of it at once, and then its rate', () => {
    const { clock, bucket } = bucketOf({ amount: 10, perMs: SECOND });
    const sender = new Sender(bucket, clock, 'd1');
    for (let i = 0; i < 100; i++) {
      sender.send();
    }
    expect(sender.admitted).toBe(10);
    clock.advance(3 * SECOND);
    expect(sender.admitted).toBeGreaterThanOrEqual(10 + 3 * 10 - 5 - 1);
    expect(sender.admitted).toBeLessThanOrEqual(10 + 3 * 10);
    expect(bucket.waiting).toBe(100 - sender.admitted);
  });

  it('refuses what has waited for too long, the first that came first', () => {
    const { clock, bucket } = bucketOf({ amount: 10, perMs: SECOND });
    const sender = new Sender(bucket, clock, 'd1');
    for (let i = 0; i < 100; i++) {
      sender.send(1, 2 * SECOND);
    }
    clock.advance(10 * SECOND);
    expect(sender.admitted + sender.refused).toBe(100);
    expect(sender.admitted).toBeLessThanOrEqual(10 + 2.5 * 10);
    expect(Math.max(...sender.waits)).toBeLessThanOrEqual(2_500);
    expect(bucket.waiting).toBe(0);
  });

  it('takes what is larger than all of it, whose sender then pays in turns', () => {
    const { clock, bucket } = bucketOf({ amount: 10, perMs: SECOND });
    const batches = new Sender(bucket, clock, 'batches');
    const other = new Sender(bucket, clock, 'other');
    batches.send(100);
    batches.send(1);
    expect(batches.admitted).toBe(100);
    for (let second = 0; second < 9; second++) {
      other.send();
      clock.advance(SECOND);
    }
    expect([batches.admitted, other.admitted, Math.max(...other.waits.slice(1))]).toEqual([100, 9, 0]);
    clock.advance(4 * SECOND);
    expect(batches.admitted).toBe(101);
  });

  it('lets a sender that takes more as soon as it is told pass neither what it owes nor what waits', () => {
    const { clock, bucket } = bucketOf({ amount: 10_000, perMs: SECOND });
    bucket.take('d', 20_000);
    const told: string[] = [];
    const attempts: boolean[] = [];
    const wait = (name: string) =>
      bucket.wait('d', {
        cost: 5_000,
        deadline: Number.POSITIVE_INFINITY,
        admitted: () => {
          told.push(name);
          attempts.push(bucket.take('d', 1));
        },
        refused: () => told.push('refused'),
      });
    wait('first');
    wait('second');
    clock.advance(10 * SECOND);
    expect(told).toEqual(['first', 'second']);
    expect(attempts).toEqual([false, false]);
    expect(bucket.total).toBe(30_000);
  });

  it('goes on with a part of the limit', () => {
    const { clock, bucket } = bucketOf({ amount: 100, perMs: SECOND });
    bucket.share(0.1);
    const sender = new Sender(bucket, clock, 'd1');
    for (let i = 0; i < 1_000; i++) {
      sender.send();
    }
    clock.advance(10 * SECOND);
    expect(sender.admitted).toBeGreaterThan(95);
    expect(sender.admitted).toBeLessThanOrEqual(110);
  });

  it('keeps nothing for who is idle', () => {
    const { clock, bucket } = bucketOf({ amount: 1_000, perMs: SECOND });
    for (let i = 0; i < 500; i++) {
      bucket.take(`d${i}`, 1);
    }
    expect(bucket.active).toBe(500);
    for (let second = 0; second < 3; second++) {
      clock.advance(SECOND);
      bucket.take('d0', 1);
    }
    expect(bucket.active).toBe(1);
  });
});

/** The rates that senders get, max-min fair: whoever asks for less than an equal part of what is left gets it. */
function maxMin(offered: readonly number[], rate: number): number[] {
  const given = offered.map(() => 0);
  let left = rate;
  const order = offered.map((_, index) => index).sort((a, b) => (offered[a] ?? 0) - (offered[b] ?? 0));
  order.forEach((index, done) => {
    const part = Math.min(offered[index] ?? 0, left / (order.length - done));
    given[index] = part;
    left -= part;
  });
  return given;
}

describe('senders', () => {
  it('within their share wait no longer because of one that floods', () => {
    const { clock, bucket } = bucketOf({ amount: 200, perMs: SECOND });
    const noisy = new Sender(bucket, clock, 'noisy');
    const honest = Array.from({ length: 20 }, (_, index) => new Sender(bucket, clock, `honest-${index}`));
    for (let tick = 0; tick < 20_000; tick += 10) {
      for (let i = 0; i < 20; i++) {
        noisy.send();
      }
      honest.forEach((sender, index) => {
        if ((tick / 10 + index) % 20 === 0) {
          sender.send();
        }
      });
      clock.advance(10);
    }
    // 20 devices at 5 a second, 100 of the 200: all of it at once, but for the first moments.
    const late = honest.flatMap(({ waits }) => waits.slice(10)).filter((wait) => wait > 0);
    expect(honest.map(({ admitted }) => admitted)).toEqual(honest.map(() => 100));
    expect(late).toEqual([]);
    expect(noisy.admitted).toBeGreaterThan(20 * 100 * 0.95);
    expect(noisy.admitted).toBeLessThanOrEqual(20 * 100 + 300);
  });

  it('get their max-min fair part, and all together never more than the limit', () => {
    const loads = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(loads, fc.integer({ min: 20, max: 400 }), (offered, rate) => {
        const { clock, bucket } = bucketOf({ amount: rate, perMs: SECOND });
        const senders = offered.map((_, index) => new Sender(bucket, clock, `d${index}`));
        const seconds = 10;
        const due = offered.map(() => 0);
        for (let tick = 0; tick < seconds * 100; tick++) {
          offered.forEach((perSecond, index) => {
            for (
              due[index] = (due[index] ?? 0) + perSecond / 100;
              (due[index] ?? 0) >= 1;
              due[index] = (due[index] ?? 0) - 1
            ) {
              senders[index]?.send();
            }
          });
          clock.advance(10);
        }
        const total = senders.reduce((sum, { admitted }) => sum + admitted, 0);
        expect(total).toBeLessThanOrEqual(rate * (seconds + 1.5) + 2);
        maxMin(offered, rate).forEach((part, index) => {
          // What is in the bucket at first, and what it holds back, is a second's worth.
          expect(senders[index]?.admitted ?? 0).toBeGreaterThanOrEqual(Math.floor(part * (seconds - 1.5)) - 1);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('are told in the order in which they came, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 5 })), { maxLength: 60 }),
        (sends) => {
          const { clock, bucket } = bucketOf({ amount: 10, perMs: SECOND });
          const told = new Map<number, number[]>();
          sends.forEach(([device, cost], index) => {
            const tell = () => void told.set(device, [...(told.get(device) ?? []), index]);
            if (bucket.take(`d${device}`, cost)) {
              tell();
            } else {
              const deadline = Number.POSITIVE_INFINITY;
              bucket.wait(`d${device}`, { cost, deadline, admitted: tell, refused: tell });
            }
          });
          clock.advance(120 * SECOND);
          for (const [device, order] of told) {
            const expected = sends.flatMap(([of], index) => (of === device ? [index] : []));
            expect(order).toEqual(expected);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
