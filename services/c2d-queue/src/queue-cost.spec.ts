import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  type Collection,
  type DocumentBody,
  type DocumentStore,
  EmbeddedCollection,
  type Write,
} from '@mooring/document-store';
import { openCollections } from './collections.js';
import { MAX_INLINE_BYTES } from './limits.js';
import { C2dQueueFixture, type C2dQueueProcess, embeddedPorts } from './testing/c2d-queue-fixture.js';
import { enqueue, idsOf, keyOf, receive, receiverOf, settle } from './testing/requests.js';

const QUEUES = 2_000;

interface Cost {
  reads: number;
  writes: number;
}

/** Counts round trips by collection. */
class CountedStore implements DocumentStore {
  readonly costs = new Map<string, Cost>();

  constructor(private readonly store: DocumentStore) {}

  async collection<T extends DocumentBody>(spec: Parameters<DocumentStore['collection']>[0]): Promise<Collection<T>> {
    const collection = await this.store.collection<T>(spec);
    const cost = { reads: 0, writes: 0 };
    this.costs.set(spec.name, cost);
    const counted = Object.create(collection) as Collection<T>;
    counted.getMany = (ids: readonly string[]) => {
      cost.reads += 1;
      return collection.getMany(ids);
    };
    counted.bulk = (writes: readonly Write<T>[]) => {
      cost.writes += 1;
      return collection.bulk(writes);
    };
    counted.query = (query) => {
      cost.reads += 1;
      return collection.query(query);
    };
    return counted;
  }

  deficiencies() {
    return this.store.deficiencies();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

let fixture: C2dQueueFixture;
let embedded: DocumentStore;
let store: CountedStore;
let running: C2dQueueProcess;

beforeEach(async () => {
  fixture = await C2dQueueFixture.open(async () => {
    const ports = await embeddedPorts();
    embedded = ports.documents;
    store = new CountedStore(embedded);
    return { ...ports, documents: store };
  });
  fixture.directory.add('d');
  running = await fixture.create();
});
afterEach(() => fixture.close());

/** What queries examine of the heads of queues. */
async function examinedBy(action: () => Promise<unknown>): Promise<number> {
  const { heads } = await openCollections(embedded);
  if (!(heads instanceof EmbeddedCollection)) {
    throw new Error('Only the embedded store counts what it examines.');
  }
  const before = heads.documentsExamined;
  await action();
  return heads.documentsExamined - before;
}

it('takes a message with one write of its queue, and gives it with another', async () => {
  const costs = () => [store.costs.get('c2d'), store.costs.get('c2dMessages')].map((cost) => ({ ...cost }));
  await enqueue(running.service, 'd', { messageId: 'm' });
  expect(costs()).toEqual([
    { reads: 1, writes: 1 },
    { reads: 0, writes: 0 },
  ]);
  const [message] = await receive(running.service, { name: 'd', epoch: 1 });
  await settle(running.service, { name: 'd', epoch: 1 }, { lockToken: message?.lockToken ?? Buffer.of() });
  expect(costs()[0]).toEqual({ reads: 1, writes: 3 });
  expect(fixture.directory.calls).toBe(1);
});

it('writes a large message beside its queue', async () => {
  const bodies = store.costs.get('c2dMessages');
  await enqueue(running.service, 'd', { messageId: 'm', body: Buffer.alloc(MAX_INLINE_BYTES + 1) });
  expect(bodies).toEqual({ reads: 0, writes: 1 });
});

it('shares round trips among queues, and among messages of one', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `d${index}`);
  fixture.directory.add(...names);
  await Promise.all(names.flatMap((name) => [enqueue(running.service, name), enqueue(running.service, name)]));
  const heads = store.costs.get('c2d');
  expect(heads?.writes).toBeLessThan(100);
  const items = names.map((name) => ({
    receiver: receiverOf({ name, epoch: 1 }),
    maxMessages: 50,
    lockMs: 0,
    held: undefined,
  }));
  const before = heads?.writes ?? 0;
  const { received } = await running.service.receive({ items });
  expect(received.every(({ messages }) => messages.length === 2)).toBe(true);
  expect((heads?.writes ?? 0) - before).toBeLessThan(5);
});

it('gives of many great messages as many as one answer holds, and the others next', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `d${index}`);
  fixture.directory.add(...names);
  await Promise.all(
    names.map((name) => enqueue(running.service, name, { messageId: name, body: Buffer.alloc(65_000) })),
  );
  const given: unknown[] = [];
  for (let calls = 0; given.length < 50 && calls < 3; calls++) {
    const items = names.map((name) => ({
      receiver: receiverOf({ name, epoch: 1 }),
      maxMessages: 50,
      lockMs: 0,
      held: undefined,
    }));
    const { received } = await running.service.receive({ items });
    const messages = received.flatMap((one) => one.messages);
    expect(messages.length).toBeLessThanOrEqual(32);
    expect(received.some(({ more }) => more)).toBe(given.length + messages.length < 50);
    given.push(...idsOf(messages));
  }
  expect(new Set(given).size).toBe(50);
});

it('examines as many queues as one call is about, however many there are', async () => {
  const names = Array.from({ length: QUEUES }, (_, index) => `q${index}`);
  fixture.directory.add(...names);
  await Promise.all(names.map((name) => enqueue(running.service, name)));
  fixture.clock.advance(60_000);
  const other = await fixture.start();
  const calls = async () => {
    await enqueue(other.service, 'd', { messageId: 'm' });
    const [message] = await receive(other.service, { name: 'd', epoch: 1 });
    await settle(other.service, { name: 'd', epoch: 1 }, { lockToken: message?.lockToken ?? Buffer.of() });
    await other.service.count({ keys: [keyOf('d')] });
  };
  expect(await examinedBy(calls)).toBeLessThanOrEqual(5);
  const sweeps = async () => {
    const cost = store.costs.get('c2d');
    const before = cost?.reads ?? 0;
    await fixture.until(() => (cost?.reads ?? 0) - before >= 30, { stepMs: 100 });
  };
  expect(await examinedBy(sweeps)).toBe(0);
});
