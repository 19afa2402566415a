import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { c2dqueue } from '@mooring/proto';
import { C2dQueueFixture, type C2dQueueProcess } from '../testing/c2d-queue-fixture.js';
import { takeFeedback } from '../testing/feedback.js';
import { enqueue, outcome, receive, receiverOf } from '../testing/requests.js';

const { COMPLETE, REJECT, ABANDON } = c2dqueue.Outcome;
const LOCK_MS = 30_000;
const LINGER = { stepMs: 500 };

let fixture: C2dQueueFixture;
let first: C2dQueueProcess;
let second: C2dQueueProcess;

beforeEach(async () => {
  fixture = await C2dQueueFixture.open();
  fixture.directory.add('d', 'd/m');
  first = await fixture.start({ feedbackMaxDeliveryCount: 2 });
  second = await fixture.start({ feedbackMaxDeliveryCount: 2 });
});
afterEach(() => fixture.close());

/** Messages that are all completed at once; their feedback follows. */
async function completed(from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) {
    await enqueue(first.service, 'd', { messageId: `m${number}`, ack: c2dqueue.Ack.POSITIVE });
  }
  await settleAll(COMPLETE);
}

async function settleAll(outcomeOfAll: c2dqueue.Outcome, name = 'd'): Promise<void> {
  const messages = await receive(first.service, { name, epoch: 1 });
  const receiver = receiverOf({ name, epoch: 1 });
  await first.service.settle({
    settlements: messages.map(({ lockToken }) => ({ receiver, lockToken, outcome: outcomeOfAll })),
  });
}

async function received(process = second): Promise<c2dqueue.ReceiveFeedbackResponse> {
  let feedback = await process.service.receiveFeedback({ lockMs: LOCK_MS });
  await fixture.until(async () => {
    if (feedback.records.length === 0) {
      feedback = await process.service.receiveFeedback({ lockMs: LOCK_MS });
    }
    return feedback.records.length > 0;
  }, LINGER);
  return feedback;
}

it('comes in messages of 64 records, and what is less after a while', async () => {
  for (let count = 0; count < 70; count += 35) {
    await completed(count, count + 35);
  }
  const begun = fixture.clock.now();
  let full = await second.service.receiveFeedback({ lockMs: LOCK_MS });
  while (full.records.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    full = await second.service.receiveFeedback({ lockMs: LOCK_MS });
  }
  expect([full.records.length, fixture.clock.now()]).toEqual([64, begun]);
  const rest = await received();
  expect(rest.records.length).toBe(6);
  expect(fixture.clock.now() - begun).toBeGreaterThanOrEqual(15_000);
  const ids = [...full.records, ...rest.records].map(({ originalMessageId }) => originalMessageId);
  expect(new Set(ids).size).toBe(70);
});

it('is of the kinds that were asked for', async () => {
  for (const [name, outcomeOfAll] of [
    ['d', COMPLETE],
    ['d/m', REJECT],
  ] as const) {
    for (const ack of [0, 1, 2, 3, 4]) {
      await enqueue(first.service, name, { messageId: `${ack}`, ack });
    }
    await settleAll(outcomeOfAll, name);
  }
  const told = new Set<string>();
  await fixture.until(async () => {
    const { lockToken, records } = await second.service.receiveFeedback({ lockMs: 0 });
    for (const { deviceId, moduleId, statusCode, originalMessageId } of records) {
      told.add(`${deviceId}/${moduleId} ${originalMessageId} ${statusCode}`);
    }
    if (records.length > 0) {
      await second.service.settleFeedback({ lockToken, outcome: COMPLETE });
    }
    return told.size === 4;
  }, LINGER);
  expect([...told].sort()).toEqual(['d/ 2 Success', 'd/ 4 Success', 'd/m 3 Rejected', 'd/m 4 Rejected']);
});

it('is told though the process was killed that wrote the end of the message', async () => {
  const doomed = await fixture.start();
  fixture.recorded = () => doomed.kill();
  await enqueue(doomed.service, 'd', { messageId: 'm', ack: c2dqueue.Ack.NEGATIVE });
  await doomed.service.purge({ key: { deviceId: 'd', moduleId: '' } });
  expect((await received()).records).toMatchObject([{ originalMessageId: 'm', statusCode: 'Purged' }]);
});

it('is held by one receiver at a time', async () => {
  await completed(0, 3);
  const held = await received();
  fixture.clock.advance(LOCK_MS - 1);
  expect(await takeFeedback(first.service)).toEqual([]);
  await first.service.settleFeedback({ lockToken: held.lockToken, outcome: COMPLETE });
  fixture.clock.advance(LOCK_MS);
  expect(await takeFeedback(first.service)).toEqual([]);
});

it('is dropped after so many deliveries, and is not held by a lock whose time is over', async () => {
  await completed(0, 2);
  const one = await received();
  expect(one.deliveryCount).toBe(0);
  await first.service.settleFeedback({ lockToken: one.lockToken, outcome: ABANDON });
  const two = await received();
  expect([two.deliveryCount, two.records.length]).toEqual([1, 2]);
  fixture.clock.advance(LOCK_MS);
  expect(await outcome(second.service.settleFeedback({ lockToken: two.lockToken, outcome: COMPLETE }))).toBe(
    'DeviceMessageLockLost',
  );
  fixture.clock.advance(60_000);
  expect(await takeFeedback(first.service)).toEqual([]);
  expect(await first.metrics.metrics()).toMatch(/feedback_records_total\{outcome="exceeded"\} 2/);
});

it('is gone when nobody receives it in time', async () => {
  await completed(0, 2);
  await fixture.until(
    async () =>
      (await second.metrics.metrics()).includes('_total{outcome="kept"} 2') ||
      (await first.metrics.metrics()).includes('_total{outcome="kept"} 2'),
  );
  fixture.clock.advance(3_600_000);
  expect(await takeFeedback(second.service)).toEqual([]);
});

it('refuses locks and outcomes that make no sense', async () => {
  const { service } = first;
  expect(await outcome(service.receiveFeedback({ lockMs: -1 }))).toBe('ArgumentInvalid');
  expect(await outcome(service.receiveFeedback({ lockMs: 300_001 }))).toBe('ArgumentInvalid');
  expect(await outcome(service.receiveFeedback({ lockMs: Number.NaN }))).toBe('ArgumentInvalid');
  const lockToken = Buffer.alloc(16);
  expect(await outcome(service.settleFeedback({ lockToken, outcome: COMPLETE }))).toBe('DeviceMessageLockLost');
  expect(await outcome(service.settleFeedback({ lockToken: Buffer.alloc(3), outcome: COMPLETE }))).toBe(
    'DeviceMessageLockLost',
  );
  expect(await outcome(service.settleFeedback({ lockToken, outcome: 7 as c2dqueue.Outcome }))).toBe('ArgumentInvalid');
  const lost = { category: 'C2DCommands', operationName: 'feedbackSettle', deviceId: '', resultType: '412002' };
  expect(fixture.operations).toEqual([expect.objectContaining(lost), expect.objectContaining(lost)]);
});
