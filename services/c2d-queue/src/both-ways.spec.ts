import { afterEach, expect, it } from '@jest/globals';
import { c2dqueue } from '@mooring/proto';
import { inBothWays } from '@mooring/rpc/contract';
import { C2dQueueFixture } from './testing/c2d-queue-fixture.js';
import {
  countOf,
  detach,
  enqueue,
  idsOf,
  keyOf,
  messageOf,
  outcome,
  receive,
  receiverOf,
  settle,
} from './testing/requests.js';

const NO_FEEDBACK = { lockMs: 0 };
const FEEDBACK_COMES = { stepMs: 2_000 };

let fixture: C2dQueueFixture;

async function start(): Promise<c2dqueue.C2dQueueService> {
  fixture = await C2dQueueFixture.open();
  fixture.directory.add('d', 'd/m');
  return (await fixture.start()).service;
}

afterEach(() => fixture.close());

inBothWays(c2dqueue.C2dQueueServiceService, start, (service) => {
  it('gives a message as it was sent, in full', async () => {
    const message = messageOf({
      messageId: 'm1',
      correlationId: 'c1',
      userId: 'u',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      expiryTimeMs: fixture.clock.now() + 60_000,
      ack: c2dqueue.Ack.FULL,
      properties: [
        { name: 'z', value: '1' },
        { name: 'a', value: 'ü \u{1f6a2}' },
      ],
      body: Buffer.from([0, 255, 1]),
    });
    await service().enqueue({ key: keyOf('d/m'), message });
    const epoch = Date.UTC(2100, 0, 1) * 1_000 + 7;
    const [received] = await receive(service(), { name: 'd/m', epoch });
    expect(received?.message).toEqual(message);
    expect(received?.lockToken.length).toBe(16);
    expect(received).toMatchObject({ deliveryCount: 0, sequenceNumber: 1, enqueuedTimeMs: fixture.clock.now() });
    expect(await countOf(service(), 'd/m')).toBe(1);
    expect(await settle(service(), { name: 'd/m', epoch }, { lockToken: received?.lockToken ?? Buffer.of() })).toBe(
      'ok',
    );
    expect(await countOf(service(), 'd/m')).toBe(0);
  });

  it('tells what became of each item by itself', async () => {
    await enqueue(service(), 'd', { messageId: 'm' });
    const item = (name: string, epoch = 1) => ({
      receiver: receiverOf({ name, epoch }),
      maxMessages: 10,
      lockMs: 0,
      held: undefined,
    });
    const { received } = await service().receive({ items: [item('d'), item('no id'), item('d/m'), item('d', -1)] });
    expect(received.map(({ failure, messages }) => failure?.error ?? messages.length)).toEqual([
      1,
      'ArgumentInvalid',
      0,
      'ArgumentInvalid',
    ]);
    const lockToken = received[0]?.messages[0]?.lockToken ?? Buffer.of();
    const settlement = { receiver: receiverOf({ name: 'd', epoch: 1 }), lockToken, outcome: 1 };
    const { failures } = await service().settle({
      settlements: [
        settlement,
        { ...settlement, lockToken: Buffer.alloc(16) },
        { ...settlement, outcome: 0 },
        settlement,
      ],
    });
    expect(failures.map(({ error }) => error)).toEqual(['', 'DeviceMessageLockLost', 'ArgumentInvalid', '']);
  });

  it('says that there are more', async () => {
    for (const messageId of ['1', '2', '3']) {
      await enqueue(service(), 'd', { messageId });
    }
    const item = { receiver: receiverOf({ name: 'd', epoch: 1 }), maxMessages: 2, lockMs: 0, held: undefined };
    const first = await service().receive({ items: [item] });
    const second = await service().receive({ items: [item] });
    expect([first, second].map(({ received }) => [idsOf(received[0]?.messages ?? []), received[0]?.more])).toEqual([
      [['1', '2'], true],
      [['3'], false],
    ]);
    await detach(service(), { name: 'd', epoch: 1 });
    expect(idsOf(await receive(service(), { name: 'd', epoch: 1 }))).toEqual(['1', '2', '3']);
  });

  it('purges what is free, and tells feedback of it', async () => {
    await enqueue(service(), 'd', { messageId: 'held', ack: c2dqueue.Ack.FULL });
    await receive(service(), { name: 'd', epoch: 1 });
    await enqueue(service(), 'd', { messageId: 'free', ack: c2dqueue.Ack.NEGATIVE });
    await enqueue(service(), 'd', { messageId: 'quiet', ack: c2dqueue.Ack.POSITIVE });
    expect(await service().purge({ key: keyOf('d') })).toEqual({ purgedMessageCount: 2 });
    const purgedAt = fixture.clock.now();
    let feedback = await service().receiveFeedback(NO_FEEDBACK);
    expect(feedback.records).toEqual([]);
    await fixture.until(async () => {
      feedback = await service().receiveFeedback(NO_FEEDBACK);
      return feedback.records.length > 0;
    }, FEEDBACK_COMES);
    expect(feedback).toMatchObject({ deliveryCount: 0, enqueuedTimeMs: purgedAt });
    expect(feedback.records).toEqual([
      {
        originalMessageId: 'free',
        enqueuedTimeMs: purgedAt,
        statusCode: 'Purged',
        description: 'Message purged',
        deviceId: 'd',
        moduleId: '',
        deviceGenerationId: '1',
      },
    ]);
    const { lockToken } = feedback;
    await service().settleFeedback({ lockToken, outcome: c2dqueue.Outcome.COMPLETE });
    expect(await outcome(service().settleFeedback({ lockToken, outcome: 1 }))).toBe('DeviceMessageLockLost');
  });

  it('refuses in the same words', async () => {
    expect(await outcome(enqueue(service(), 'nobody'))).toBe('DeviceNotFound');
    expect(await outcome(enqueue(service(), 'd/nobody'))).toBe('ModuleNotFound');
    expect(await outcome(service().purge({ key: keyOf('nobody') }))).toBe('DeviceNotFound');
    expect(await outcome(enqueue(service(), 'd', { body: Buffer.alloc(65_537) }))).toBe('MessageTooLarge');
    expect(await outcome(enqueue(service(), 'd', { expiryTimeMs: 1 }))).toBe('ArgumentInvalid');
    expect(await outcome(service().count({ keys: [keyOf('')] }))).toBe('ArgumentInvalid');
    for (let count = 0; count < 50; count++) {
      await enqueue(service(), 'd');
    }
    expect(await outcome(enqueue(service(), 'd'))).toBe('DeviceMaximumQueueDepthExceeded');
    expect(fixture.operations.map(({ resultType }) => resultType)).toEqual([
      '404001',
      '404010',
      '413001',
      '400004',
      '403004',
    ]);
  });
});
