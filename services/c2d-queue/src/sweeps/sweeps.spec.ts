import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { c2dqueue } from '@mooring/proto';
import { openCollections } from '../collections.js';
import { MAX_INLINE_BYTES } from '../limits.js';
import { C2dQueueFixture, type C2dQueueProcess } from '../testing/c2d-queue-fixture.js';
import { takeFeedback } from '../testing/feedback.js';
import { countOf, detach, enqueue, idsOf, receive, settle } from '../testing/requests.js';

const QUICKLY = { stepMs: 500 };

let fixture: C2dQueueFixture;
let running: C2dQueueProcess;

beforeEach(async () => {
  fixture = await C2dQueueFixture.open();
  fixture.directory.add('d', 'd/m', 'e');
  running = await fixture.start();
});
afterEach(() => fixture.close());

/** Too large to be kept in the head of its queue. */
const LARGE = Buffer.alloc(MAX_INLINE_BYTES + 1);

async function stored(collection: 'heads' | 'bodies'): Promise<number> {
  return (await openCollections(fixture.ports.documents))[collection].count({});
}

async function feedbackOf(count: number): Promise<string[]> {
  const told: string[] = [];
  await fixture.until(async () => {
    told.push(...(await takeFeedback(running.service)));
    return told.length >= count;
  }, QUICKLY);
  return told.sort();
}

it('ends what nobody touches when its time is over, also where an edge that died holds it', async () => {
  const expiryTimeMs = fixture.clock.now() + 10_000;
  await enqueue(running.service, 'd', { messageId: 'held', ack: c2dqueue.Ack.NEGATIVE, expiryTimeMs, body: LARGE });
  await receive(running.service, { name: 'd', epoch: 1 });
  await enqueue(running.service, 'd', { messageId: 'free', ack: c2dqueue.Ack.NEGATIVE, expiryTimeMs, body: LARGE });
  expect(await feedbackOf(2)).toEqual(['free Expired', 'held Expired']);
  expect(await countOf(running.service, 'd')).toBe(0);
  const operations = fixture.operations.map(({ category, operationName, deviceId, properties }) => [
    category,
    operationName,
    deviceId,
    properties?.['messageId'],
  ]);
  expect(operations.sort()).toEqual([
    ['C2DCommands', 'messageExpired', 'd', 'free'],
    ['C2DCommands', 'messageExpired', 'd', 'held'],
  ]);
  await fixture.until(async () => (await stored('bodies')) === 0);
});

it('hints when a lock ends, and when a message is abandoned', async () => {
  fixture.edges.connected.add('d').add('e');
  await enqueue(running.service, 'd', { messageId: 'm' });
  await receive(running.service, { name: 'd', epoch: 0, lockMs: 30_000 });
  await fixture.until(() => fixture.edges.hinted.length > 0);
  fixture.edges.hinted.length = 0;
  fixture.clock.advance(29_000);
  expect(fixture.edges.hinted).toEqual([]);
  await fixture.until(() => fixture.edges.hinted.length > 0);
  expect(idsOf(await receive(running.service, { name: 'd', epoch: 1 }))).toEqual(['m']);
  await enqueue(running.service, 'e');
  const [message] = await receive(running.service, { name: 'e', epoch: 1 });
  await fixture.until(() => fixture.edges.hinted.includes('e'));
  fixture.edges.hinted.length = 0;
  await settle(running.service, { name: 'e', epoch: 1 }, { lockToken: message?.lockToken ?? Buffer.of(), outcome: 3 });
  await fixture.until(() => fixture.edges.hinted.includes('e'));
});

it('hints again where it could not, and not at what has been waiting', async () => {
  fixture.edges.connected.add('d');
  fixture.edges.failures = 3;
  await enqueue(running.service, 'd');
  await fixture.until(() => fixture.edges.hinted.length > 0, QUICKLY);
  fixture.clock.advance(60_000);
  await enqueue(running.service, 'e');
  await fixture.until(async () => (await running.metrics.metrics()).includes('hints_total{outcome="offline"} 1'));
  fixture.edges.hinted.length = 0;
  const looks = fixture.edges.hintCalls;
  await fixture.until(() => fixture.clock.monotonic() > 120_000, { stepMs: 1_000 });
  expect(fixture.edges.hintCalls).toBe(looks);
});

it('purges what is for identities that were deleted, with their modules', async () => {
  for (const name of ['d', 'd/m', 'e']) {
    await enqueue(running.service, name, { messageId: name, ack: c2dqueue.Ack.FULL, body: LARGE });
  }
  await receive(running.service, { name: 'd/m', epoch: 1 });
  fixture.directory.generations.delete('d');
  fixture.directory.generations.delete('d/m');
  await fixture.announce('d', 'e');
  expect(await feedbackOf(2)).toEqual(['d Purged', 'd/m Purged']);
  await fixture.until(async () => (await stored('heads')) === 1 && (await stored('bodies')) === 1);
  expect(await countOf(running.service, 'e')).toBe(1);
});

it('takes messages for a device that was made again', async () => {
  await enqueue(running.service, 'd', { messageId: 'old', ack: c2dqueue.Ack.FULL });
  fixture.directory.generations.set('d', '2');
  await fixture.announce('d');
  expect(await feedbackOf(1)).toEqual(['old Purged']);
  await enqueue(running.service, 'd', { messageId: 'new' });
  expect(idsOf(await receive(running.service, { name: 'd', epoch: 1, generation: '2' }))).toEqual(['new']);
});

it('removes contents that a killed process has left', async () => {
  const doomed = await fixture.start();
  // The identity is never described, so that the message comes into no queue.
  fixture.directory.describeIdentities = () => new Promise(() => undefined);
  void enqueue(doomed.service, 'd', { messageId: 'm', body: LARGE });
  await fixture.until(async () => (await stored('bodies')) === 1);
  doomed.kill();
  expect(await stored('heads')).toBe(0);
  await fixture.until(async () => (await stored('bodies')) === 0, { stepMs: 30_000 });
});

it('tells that the number of messages has changed, many changes at once', async () => {
  for (let count = 0; count < 5; count++) {
    await enqueue(running.service, 'd/m');
  }
  await enqueue(running.service, 'e');
  await fixture.until(() => fixture.notices.length >= 2);
  expect(fixture.notices.map(({ part, deviceId, moduleId }) => `${part} ${deviceId}/${moduleId}`).sort()).toEqual([
    'queue d/m',
    'queue e/',
  ]);
  await detach(running.service, { name: 'd/m', epoch: 1 });
  const [message] = await receive(running.service, { name: 'd/m', epoch: 1, max: 1 });
  await settle(running.service, { name: 'd/m', epoch: 1 }, { lockToken: message?.lockToken ?? Buffer.of() });
  await fixture.until(() => fixture.notices.length === 3);
});
