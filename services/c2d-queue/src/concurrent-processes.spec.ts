import { expect, it } from '@jest/globals';
import type { c2dqueue } from '@mooring/proto';
import fc from 'fast-check';
import { C2dQueueFixture, type C2dQueueProcess } from './testing/c2d-queue-fixture.js';
import { enqueue, outcome, receive, settle } from './testing/requests.js';

const RUNS = 10;
const NAME = 'd';

interface Given {
  readonly id: string;
  readonly epoch: number;
  readonly lockToken: Buffer;
}

/** What several callers of two processes saw of one queue. */
class History {
  /** Messages whose enqueue was answered. */
  readonly accepted = new Set<string>();
  readonly given: Given[] = [];
  readonly completed = new Map<string, number>();
  private sent = 0;

  constructor(private readonly processes: readonly C2dQueueProcess[]) {}

  async enqueue(which: number): Promise<void> {
    const messageId = `m${++this.sent}`;
    if ((await outcome(enqueue(this.service(which), NAME, { messageId }))) === 'ok') {
      this.accepted.add(messageId);
    }
  }

  async receive(which: number, epoch: number): Promise<void> {
    const received = await receive(this.service(which), { name: NAME, epoch, max: 3 }).catch(() => []);
    for (const { lockToken, message } of received) {
      const id = message?.messageId ?? '';
      expect(this.completed.has(id)).toBe(false);
      this.given.push({ id, epoch, lockToken });
    }
  }

  async complete(which: number, given: Given): Promise<void> {
    if ((await settle(this.service(which), { name: NAME, epoch: given.epoch }, given)) === 'ok') {
      this.completed.set(given.id, (this.completed.get(given.id) ?? 0) + 1);
    }
  }

  private service(which: number): c2dqueue.C2dQueueService {
    const found = this.processes[which % this.processes.length];
    if (found === undefined) {
      throw new Error('There is no process.');
    }
    return found.service;
  }
}

it('never has two holders of a message, and completes each once, whichever process is asked', async () => {
  const round = fc.array(fc.record({ kind: fc.nat({ max: 3 }), which: fc.nat({ max: 1 }) }), {
    minLength: 2,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 8 }), async (rounds) => {
      const fixture = await C2dQueueFixture.open();
      fixture.directory.add(NAME);
      const settings = { c2dMaxDeliveryCount: 100 };
      const history = new History([await fixture.start(settings), await fixture.start(settings)]);
      let epoch = 1;
      for (const steps of rounds) {
        // All at once: two connections receive, the older one settles what it may have lost, back ends send.
        await Promise.all(
          steps.map(async ({ kind, which }, index) => {
            const lock = history.given[index % Math.max(1, history.given.length)];
            if (kind < 2) {
              await history.enqueue(which);
            } else if (kind === 2) {
              await history.receive(which, epoch + (index % 2));
            } else if (lock !== undefined && !history.completed.has(lock.id)) {
              await history.complete(which, lock);
            }
          }),
        );
        epoch += 1;
      }
      // What was not completed is given to the last connection, and what was is not.
      const completed = new Set(history.completed.keys());
      const last = history.given.length;
      for (let left = history.accepted.size; left > 0; left -= 3) {
        await history.receive(left, epoch + 2);
      }
      const left = history.given.slice(last).map(({ id }) => id);
      expect(left.sort()).toEqual([...history.accepted].filter((id) => !completed.has(id)).sort());
      expect(new Set(left).size).toBe(left.length);
      // Older locks of these are worth nothing any more.
      await Promise.all(history.given.slice(0, last).map((given, index) => history.complete(index, given)));
      expect([...history.completed.keys()].sort()).toEqual([...completed].sort());
      await fixture.close();
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 40_000 },
  );
}, 90_000);

it('loses nothing that was accepted when processes are killed in the midst of calls', async () => {
  const fixture = await C2dQueueFixture.open();
  fixture.directory.add(NAME);
  fixture.edges.connected.add(NAME);
  const accepted = new Set<string>();
  for (let round = 0; round < 10; round++) {
    const doomed = await fixture.start();
    const calls = Array.from({ length: 5 }, async (_, index) => {
      const messageId = `m${round}-${index}`;
      await enqueue(doomed.service, NAME, { messageId });
      accepted.add(messageId);
    });
    await Promise.race(round % 2 === 0 ? calls : [Promise.resolve()]);
    doomed.kill();
  }
  fixture.edges.hinted.length = 0;
  const survivor = await fixture.start();
  // Whoever stored the last of them may have told nobody.
  await fixture.until(() => fixture.edges.hinted.includes(NAME), { stepMs: 100 });
  const received = await receive(survivor.service, { name: NAME, epoch: 1 });
  const ids = received.map(({ message }) => message?.messageId ?? '');
  expect(ids).toEqual(expect.arrayContaining([...accepted]));
  expect(new Set(ids).size).toBe(ids.length);
  await fixture.close();
});
