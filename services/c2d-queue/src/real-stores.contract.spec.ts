import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openDocumentStore } from '@mooring/document-store';
import { openEventLog } from '@mooring/event-log';
import { c2dqueue } from '@mooring/proto';
import { sharedParts } from '@mooring/test-parts';
import { C2dQueueFixture, type C2dQueueProcess, type Ports } from './testing/c2d-queue-fixture.js';
import { takeFeedback } from './testing/feedback.js';
import { countOf, enqueue, idsOf, outcome, receive, settle } from './testing/requests.js';

const PATIENTLY = { seconds: 60, stepMs: 200 };

let fixture: C2dQueueFixture;
let one: C2dQueueProcess;
let other: C2dQueueProcess;

beforeEach(async () => {
  fixture = await C2dQueueFixture.open(realPorts);
  fixture.directory.add('d', 'd/m', 'e');
  one = await fixture.start();
  other = await fixture.start();
});
afterEach(() => fixture.close());

/** Kafka and MongoDB's protocol, with names of this test's own. */
async function realPorts(): Promise<Ports> {
  const { kafkaBrokers, mongoUrl } = sharedParts();
  const name = `c2d-queue-${randomBytes(6).toString('hex')}`;
  const documents = await openDocumentStore({ kind: 'mongodb', url: mongoUrl, database: name });
  const log = await openEventLog({ kind: 'kafka', brokers: kafkaBrokers, clientId: name });
  return {
    documents,
    log,
    topicPrefix: name,
    close: async () => {
      await log.close();
      await documents.close();
    },
  };
}

it('is one queue for two processes', async () => {
  const services = [one.service, other.service] as const;
  const sent = Array.from({ length: 60 }, (_, index) => index);
  const outcomes = await Promise.all(
    sent.map((index) => outcome(enqueue(services[index % 2 === 0 ? 0 : 1], 'd', { messageId: `${index}` }))),
  );
  expect(outcomes.filter((result) => result === 'ok').length).toBe(50);
  expect(outcomes.filter((result) => result === 'DeviceMaximumQueueDepthExceeded').length).toBe(10);
  const received = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      receive(services[index % 2 === 0 ? 0 : 1], { name: 'd', epoch: 1, max: 10, lockMs: 0 }),
    ),
  );
  const ids = received.flatMap(idsOf);
  expect([ids.length, new Set(ids).size]).toEqual([50, 50]);
  const settled = await Promise.all(
    received
      .flat()
      .map(({ lockToken }, index) => settle(services[index % 2 === 0 ? 1 : 0], { name: 'd', epoch: 1 }, { lockToken })),
  );
  expect(new Set(settled)).toEqual(new Set(['ok']));
  expect(await countOf(one.service, 'd')).toBe(0);
});

it('expires, purges and tells of it, once for each message', async () => {
  const expiryTimeMs = fixture.clock.now() + 20_000;
  await enqueue(one.service, 'd', { messageId: 'expires', ack: c2dqueue.Ack.NEGATIVE, expiryTimeMs });
  await enqueue(one.service, 'd/m', { messageId: 'goes', ack: c2dqueue.Ack.FULL });
  await enqueue(other.service, 'e', { messageId: 'done', ack: c2dqueue.Ack.POSITIVE });
  const [message] = await receive(other.service, { name: 'e', epoch: 1 });
  await settle(one.service, { name: 'e', epoch: 1 }, { lockToken: message?.lockToken ?? Buffer.of() });
  fixture.directory.generations.delete('d/m');
  await fixture.announce('d/m');
  const told: string[] = [];
  await fixture.until(async () => {
    told.push(...(await takeFeedback(told.length % 2 === 0 ? one.service : other.service)));
    return told.length >= 3;
  }, PATIENTLY);
  expect(told.sort()).toEqual(['done Success', 'expires Expired', 'goes Purged']);
  expect(fixture.notices.length).toBeGreaterThanOrEqual(3);
});

it('answers from the store what no process remembers', async () => {
  await enqueue(one.service, 'd', {
    messageId: 'm',
    body: Buffer.from('body'),
    properties: [{ name: 'p', value: 'v' }],
  });
  one.kill();
  const [message] = await receive(other.service, { name: 'd', epoch: 1 });
  expect(message?.message).toMatchObject({ messageId: 'm', properties: [{ name: 'p', value: 'v' }] });
  expect(message?.message?.body.toString()).toBe('body');
});
