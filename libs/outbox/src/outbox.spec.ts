import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { type Collection, EmbeddedDocumentStore } from '@mooring/document-store';
import { createLogger } from '@mooring/observability';
import type { Channel } from './channel.js';
import { Outbox } from './outbox.js';
import { type OutboxEvent, type OutboxRecord, PENDING_INDEX } from './outbox-record.js';

interface Happening extends OutboxEvent {
  readonly kind: 'loud' | 'quiet';
}

interface Thing extends OutboxRecord<Happening> {
  readonly name?: string;
}

const SECOND_MS = 1_000;

let directory: string;
let store: EmbeddedDocumentStore;
let things: Collection<Thing>;
let clock: ManualClock;
let told: string[];
const outboxes: Outbox<Thing>[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mooring-outbox-'));
  store = await EmbeddedDocumentStore.open(directory);
  things = await store.collection<Thing>({ name: 'things', indexes: [PENDING_INDEX] });
  clock = new ManualClock();
  told = [];
});
afterEach(async () => {
  await Promise.all(outboxes.splice(0).map((outbox) => outbox.stop()));
  await store.close();
  rmSync(directory, { recursive: true });
});

function channel(kind: Happening['kind'], deliver: () => Promise<void> = async () => undefined): Channel<Happening> {
  return {
    name: kind,
    accepts: (event) => event.kind === kind,
    deliver: async (documentId, events) => {
      await deliver();
      told.push(...events.map(({ id }) => `${documentId}:${id}`));
    },
  };
}

function open(...channels: readonly Channel<Happening>[]): Outbox<Thing> {
  const outbox = new Outbox({ collection: things, channels, clock, logger: createLogger('test', 'silent') });
  outboxes.push(outbox);
  return outbox;
}

async function write(id: string, pending: readonly Happening[], status?: string): Promise<void> {
  await things.put({ _id: id, pending, pendingSince: pending[0]?.time, ...(status && { status }) }, 'always');
}

function happening(id: string, kind: Happening['kind'] = 'loud'): Happening {
  return { id, kind, time: clock.now() };
}

/** Lets time pass until a condition holds. The store syncs to a disk, whose time no count of turns bounds: Jest's limit ends it. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    clock.advance(20);
    await setTimeout(1);
  }
}

async function isSettled(id: string): Promise<boolean> {
  const thing = await things.get(id);
  return thing?.pending.length === 0 && thing.pendingSince === undefined;
}

describe('an outbox', () => {
  it('tells what is pending, each event where it belongs, and removes it', async () => {
    const outbox = open(channel('loud'), channel('quiet'));
    const pending = [happening('1'), happening('2', 'quiet'), happening('3')];
    await write('a', pending);
    outbox.tell('a', pending);
    await until(() => isSettled('a'));
    expect([...told].sort()).toEqual(['a:1', 'a:2', 'a:3']);
    // The document is seen without them before the answer to that write is.
    await until(() => outbox.size === 0);
  });

  it('finds at its start what a killed process left, and later what others leave', async () => {
    await write('left', [happening('1'), happening('2')]);
    await open(channel('loud')).start();
    await until(() => isSettled('left'));
    await write('other', [happening('3')]);
    clock.advance(SECOND_MS);
    await until(() => isSettled('other'));
    expect(told).toEqual(['left:1', 'left:2', 'other:3']);
  });

  it('tries again what was refused, in order, without holding up other channels', async () => {
    let refusals = 2;
    const loud = channel('loud', () => (refusals-- > 0 ? Promise.reject(new Error('refused')) : Promise.resolve()));
    const outbox = open(loud, channel('quiet'));
    const pending = [happening('1'), happening('2'), happening('3', 'quiet')];
    await write('a', pending);
    outbox.tell('a', pending);
    await until(() => isSettled('a'));
    expect(told).toEqual(['a:3', 'a:1', 'a:2']);
  });

  it('leaves what was added meanwhile, and tells it next', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const outbox = open(channel('loud', () => promise));
    const [first, second] = [happening('1'), happening('2')];
    await write('a', [first]);
    outbox.tell('a', [first]);
    await write('a', [first, second]);
    outbox.tell('a', [first, second]);
    resolve();
    await until(() => isSettled('a'));
    expect(told).toEqual(['a:1', 'a:2']);
  });

  it('removes a tombstone once all of it is told', async () => {
    const outbox = open(channel('loud'));
    const pending = [happening('1')];
    await write('a', pending, 'deleted');
    outbox.tell('a', pending);
    await until(async () => (await things.get('a')) === undefined);
    expect(told).toEqual(['a:1']);
  });
});
