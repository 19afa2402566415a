import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DocumentStoreError } from '@mooring/document-store';
import { c2dqueue } from '@mooring/proto';
import fc from 'fast-check';
import { openCollections } from './collections.js';
import { C2dQueueFixture, type C2dQueueProcess } from './testing/c2d-queue-fixture.js';
import { enqueue, idsOf, keyOf, outcome, receive, receiverOf } from './testing/requests.js';

const EXPECTED = [
  'ok',
  'ArgumentInvalid',
  'DeviceNotFound',
  'ModuleNotFound',
  'MessageTooLarge',
  'DeviceMessageLockLost',
];

let fixture: C2dQueueFixture;
let running: C2dQueueProcess;

beforeAll(async () => {
  fixture = await C2dQueueFixture.open();
  fixture.directory.add('d', 'quiet');
  running = await fixture.start();
});
afterAll(() => fixture.close());

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('d', '', '__proto__', '1', 'd/m', '..'),
);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
);
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const key = fc.option(fc.record({ deviceId: text, moduleId: text }), { nil: undefined });
const receiver = fc.option(fc.record({ key, generationId: text, epoch: number }), { nil: undefined });
const held = fc.option(fc.record({ lockTokens: fc.array(bytes, { maxLength: 3 }) }), { nil: undefined });

it('answers senseless requests with errors of the hub, item by item, and nobody else notices', async () => {
  await enqueue(running.service, 'quiet', { messageId: 'm' });
  const requests = fc.record({
    items: fc.array(fc.record({ receiver, maxMessages: number, lockMs: number, held }), { maxLength: 5 }),
    settlements: fc.array(fc.record({ receiver, lockToken: bytes, outcome: number }), { maxLength: 5 }),
    keys: fc.array(fc.record({ deviceId: text, moduleId: text }), { maxLength: 5 }),
    key,
  });
  await fc.assert(
    fc.asyncProperty(requests, async ({ items, settlements, keys, key: one }) => {
      const { service } = running;
      const { received } = await service.receive({ items });
      const { failures } = await service.settle({ settlements });
      expect([received.length, failures.length]).toEqual([items.length, settlements.length]);
      const outcomes = [
        ...received.map(({ failure }) => failure?.error ?? 'ok'),
        ...failures.map(({ error }) => error || 'ok'),
        await outcome(service.detach({ receivers: items.flatMap((item) => item.receiver ?? []) })),
        await outcome(service.count({ keys })),
        await outcome(service.purge({ key: one })),
        await outcome(service.enqueue({ key: one, message: undefined })),
      ];
      for (const each of outcomes) {
        expect(EXPECTED).toContain(each);
      }
    }),
    { numRuns: 100 },
  );
  expect(idsOf(await receive(running.service, { name: 'quiet', epoch: 1 }))).toEqual(['m']);
});

it('takes so many items, and no more', async () => {
  const item = { receiver: receiverOf({ name: 'd', epoch: 1 }), maxMessages: 1, lockMs: 0, held: undefined };
  const settlement = { receiver: item.receiver, lockToken: Buffer.alloc(16), outcome: c2dqueue.Outcome.COMPLETE };
  const many = <T>(one: T) => Array.from({ length: 501 }, () => one);
  const { service } = running;
  expect(await outcome(service.receive({ items: many(item) }))).toBe('ArgumentInvalid');
  expect(await outcome(service.settle({ settlements: many(settlement) }))).toBe('ArgumentInvalid');
  expect(await outcome(service.detach({ receivers: many(item.receiver) }))).toBe('ArgumentInvalid');
  expect(await outcome(service.count({ keys: [...many(keyOf('d')), ...many(keyOf('d'))] }))).toBe('ArgumentInvalid');
  expect((await service.receive({ items: many(item).slice(1) })).received.length).toBe(500);
});

it('tells in its own words that the store is away, and goes on when it is back', async () => {
  const { heads } = await openCollections(fixture.ports.documents);
  const { getMany } = heads;
  heads.getMany = () => Promise.reject(new DocumentStoreError('unavailable', 'away'));
  fixture.directory.add('later');
  expect(await outcome(enqueue(running.service, 'later'))).toBe('ServiceUnavailable');
  expect(await outcome(receive(running.service, { name: 'later', epoch: 1 }))).toBe('ServiceUnavailable');
  expect(await outcome(running.service.count({ keys: [keyOf('later')] }))).toBe('ServiceUnavailable');
  heads.getMany = getMany;
  await enqueue(running.service, 'later', { messageId: 'm' });
  expect(idsOf(await receive(running.service, { name: 'later', epoch: 1 }))).toEqual(['m']);
});
