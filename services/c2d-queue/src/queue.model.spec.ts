import { expect, it } from '@jest/globals';
import { c2dqueue } from '@mooring/proto';
import fc from 'fast-check';
import { C2dQueueFixture, type C2dQueueProcess } from './testing/c2d-queue-fixture.js';
import { takeFeedback } from './testing/feedback.js';
import { LIMITS, ReferenceQueue } from './testing/reference-queue.js';
import { countOf, detach, enqueue, keyOf, outcome, receive, settle } from './testing/requests.js';

const NAME = 'd/m';
const RUNS = 30;
const FEEDBACK_COMES = { stepMs: 2_000 };
const SETTINGS = {
  c2dMaxQueuedMessages: LIMITS.messages,
  c2dMaxDeliveryCount: LIMITS.deliveries,
  c2dLockSeconds: LIMITS.graceMs / 1_000,
  feedbackTimeToLiveSeconds: 172_800,
};
const ACKS = { none: 1, positive: 2, negative: 3, full: 4 } as const;
const OUTCOMES = { complete: 1, reject: 2, abandon: 3 } as const;

const process = fc.nat({ max: 1 });
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('enqueue' as const),
      process,
      ack: fc.constantFrom(...(Object.keys(ACKS) as (keyof typeof ACKS)[])),
      ttlMs: fc.integer({ min: 1, max: 100_000 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('receive' as const),
      process,
      connection: fc.constantFrom('current', 'current', 'new', 'older', 'none' as const),
      max: fc.integer({ min: 1, max: LIMITS.messages }),
      isReplyLost: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      process,
      which: fc.nat(),
      as: fc.constantFrom(...(Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[])),
      isTwice: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('detach' as const), process }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const), process }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 30_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), process }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** Two processes, the edge that asks them, and what it all should be. */
class Trial {
  readonly reference = new ReferenceQueue();
  private readonly processes: C2dQueueProcess[] = [];
  private readonly given: { readonly token: Buffer; readonly epoch: number }[] = [];
  private held: Buffer[] = [];
  private epoch = 1;
  private sent = 0;

  constructor(private readonly fixture: C2dQueueFixture) {}

  async run(actions: readonly Action[]): Promise<void> {
    this.processes.push(await this.fixture.start(SETTINGS), await this.fixture.start(SETTINGS));
    for (const next of actions) {
      this.reference.pass(this.now);
      await this.perform(next);
      this.reference.pass(this.now);
      expect(await countOf(this.service(0), NAME)).toBe(this.reference.messages.length);
    }
    this.fixture.clock.advance(200_000);
    this.reference.pass(this.now);
    const told = new Set<string>();
    await this.fixture.until(async () => {
      for (const record of await takeFeedback(this.service(0))) {
        told.add(record);
      }
      return told.size >= this.reference.feedback.size;
    }, FEEDBACK_COMES);
    expect([...told].sort()).toEqual([...this.reference.feedback].sort());
  }

  private get now(): number {
    return this.fixture.clock.now();
  }

  private service(index: number): c2dqueue.C2dQueueService {
    const found = this.processes[index];
    if (found === undefined) {
      throw new Error('There is no such process.');
    }
    return found.service;
  }

  private async perform(next: Action): Promise<void> {
    const { reference, fixture } = this;
    switch (next.kind) {
      case 'enqueue': {
        const messageId = `m${++this.sent}`;
        const expiryTimeMs = this.now + next.ttlMs;
        const hasRoom = reference.enqueue(messageId, next.ack, expiryTimeMs);
        const sent = enqueue(this.service(next.process), NAME, { messageId, expiryTimeMs, ack: ACKS[next.ack] });
        expect(await outcome(sent)).toBe(hasRoom ? 'ok' : 'DeviceMaximumQueueDepthExceeded');
        return;
      }
      case 'receive':
        return this.receive(next);
      case 'settle': {
        const lock = this.given[next.which % Math.max(1, this.given.length)];
        if (lock !== undefined) {
          const isHeld = reference.settle(lock.epoch, lock.token.toString('hex'), { as: next.as, now: this.now });
          for (let time = 0; time <= Number(next.isTwice); time++) {
            const connection = { name: NAME, epoch: lock.epoch };
            const settlement = { lockToken: lock.token, outcome: OUTCOMES[next.as] };
            const settled = await settle(this.service(next.process), connection, settlement);
            expect(settled).toBe(isHeld ? 'ok' : 'DeviceMessageLockLost');
          }
          this.held = this.held.filter((token) => token !== lock.token);
        }
        return;
      }
      case 'detach':
        await detach(this.service(next.process), { name: NAME, epoch: this.epoch });
        reference.free((epoch) => epoch !== 0 && epoch <= this.epoch, this.now);
        this.held = [];
        return;
      case 'purge': {
        const { purgedMessageCount } = await this.service(next.process).purge({ key: keyOf(NAME) });
        expect(purgedMessageCount).toBe(reference.purge());
        return;
      }
      case 'pass':
        fixture.clock.advance(next.ms);
        return;
      case 'kill':
        this.processes[next.process]?.kill();
        this.processes[next.process] = await fixture.start(SETTINGS);
    }
  }

  private async receive(next: Extract<Action, { kind: 'receive' }>): Promise<void> {
    if (next.connection === 'new') {
      this.epoch += 1;
      this.held = [];
    }
    const epoch = next.connection === 'none' ? 0 : next.connection === 'older' ? this.epoch - 1 : this.epoch;
    if (next.connection === 'older' && epoch === 0) {
      return;
    }
    const saysWhatItHolds = epoch === this.epoch;
    const isReplyLost = next.isReplyLost && saysWhatItHolds;
    const lockMs = epoch === 0 ? 5_000 : 0;
    const held = saysWhatItHolds ? { held: this.held } : {};
    const expected = this.reference.receivable({ epoch, max: next.max, saysWhatItHolds }, this.now);
    const request = receive(this.service(next.process), { name: NAME, epoch, max: next.max, lockMs, ...held });
    if (expected === undefined) {
      expect(await outcome(request)).toBe('ConnectionForcefullyClosedOnNewConnection');
      return;
    }
    const received = await request;
    expect(received.map(({ message, deliveryCount }) => [message?.messageId, deliveryCount])).toEqual(
      expected.map(({ id, deliveries, holder }) => [id, holder === undefined ? deliveries : deliveries - 1]),
    );
    received.forEach(({ lockToken }, index) => {
      const message = expected[index];
      const token = lockToken.toString('hex');
      expect(message?.holder?.token ?? token).toBe(token);
      if (message !== undefined) {
        const until = lockMs === 0 ? undefined : this.now + lockMs;
        this.reference.hold(message, { epoch, token, isKnown: !isReplyLost }, until);
      }
      if (!isReplyLost) {
        this.given.push({ token: lockToken, epoch });
        this.held.push(...(saysWhatItHolds ? [lockToken] : []));
      }
    });
  }
}

it('is what the contract says, whatever is lost and killed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
      const fixture = await C2dQueueFixture.open();
      fixture.directory.add('d', NAME);
      try {
        await new Trial(fixture).run(actions);
      } finally {
        await fixture.close();
      }
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);
