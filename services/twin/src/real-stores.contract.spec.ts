import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openDocumentStore } from '@mooring/document-store';
import { openEventLog } from '@mooring/event-log';
import { sharedParts } from '@mooring/test-parts';
import { getTwin, patch, patchOf, update } from './testing/requests.js';
import { type Ports, TwinFixture, type TwinProcess } from './testing/twin-fixture.js';

const PATIENCE_SECONDS = 60;

let fixture: TwinFixture;
let processes: readonly TwinProcess[];

beforeEach(async () => {
  fixture = await TwinFixture.open(realPorts);
  processes = [await fixture.start(), await fixture.start()];
});
afterEach(() => fixture.close());

/** Kafka and MongoDB's protocol, each with names of this test's own. */
async function realPorts(): Promise<Ports> {
  const { kafkaBrokers, mongoUrl } = sharedParts();
  const name = `twin-${randomBytes(6).toString('hex')}`;
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

function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  return fixture.until(condition, PATIENCE_SECONDS);
}

it('loses no write of many twins and of one, in two processes at once, and tells of each in order', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `d${index}`);
  for (const name of names) {
    fixture.directory.register(name);
  }
  const rounds = processes.flatMap(({ service }, at) =>
    [1, 2, 3].map(async (round) => {
      await patch(service, ...names.map((name) => patchOf(name, { [`p${at}r${round}`]: round, _: [{ __: null }] })));
      await update(service, 'd0', { properties: { desired: { [`p${at}r${round}`]: round } } });
    }),
  );
  await Promise.all(rounds);
  const last = await getTwin(processes[0]?.service ?? fail(), 'd0');
  expect(last).toMatchObject({
    version: 14,
    properties: {
      desired: { p0r1: 1, p1r3: 3, $version: 7 },
      reported: { p0r3: 3, p1r1: 1, _: [{ __: null }], $version: 7 },
    },
  });
  await until(() => names.every((name) => new Set(fixture.bodiesOf(name).map(({ version }) => version)).size >= 6));
  await until(() => new Set(fixture.bodiesOf('d0').map(({ version }) => version)).size === 12);
  for (const name of names) {
    const firsts = [...new Set(fixture.bodiesOf(name).map(({ version }) => Number(version)))];
    expect(firsts).toEqual([...firsts].sort((left, right) => left - right));
  }
  await until(async () => (await fixture.pendingTwins()) === 0);
});

it('keeps copies, and takes twins away, as notices tell', async () => {
  fixture.directory.register('d');
  fixture.directory.register('d/m');
  fixture.counts.set('d', 2);
  await fixture.notify('identity', 'd', 'd/m');
  await fixture.notify('queue', 'd');
  await until(async () => (await getTwin(processes[1]?.service ?? fail(), 'd'))['cloudToDeviceMessageCount'] === 2);
  await until(async () => (await fixture.storedNames()).includes('d/m'));
  fixture.directory.remove('d');
  fixture.directory.remove('d/m');
  await fixture.notify('identity', 'd');
  await until(async () => (await fixture.storedNames()).length === 0);
});

function fail(): never {
  throw new Error('There is no such process.');
}
