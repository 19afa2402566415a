import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openAffinity } from '@mooring/affinity';
import { SystemClock } from '@mooring/clock';
import { openDocumentStore } from '@mooring/document-store';
import { openEventLog } from '@mooring/event-log';
import { newHeaders } from '@mooring/messages';
import { control } from '@mooring/proto';
import { sharedParts } from '@mooring/test-parts';
import { MonitoringFixture, type MonitoringProcess, type Ports } from './testing/monitoring-fixture.js';
import { keyOf, report, stateOf } from './testing/requests.js';

const LEASE_MS = 600_000;
const PATIENCE_SECONDS = 60;

let fixture: MonitoringFixture;
let running: MonitoringProcess;
let other: MonitoringProcess;

beforeEach(async () => {
  fixture = await MonitoringFixture.open(realPorts);
  running = await fixture.start({ operationsRetentionMs: Number.MAX_SAFE_INTEGER });
  other = await fixture.start({ operationsRetentionMs: Number.MAX_SAFE_INTEGER });
});
afterEach(() => fixture.close());

/** Kafka, MongoDB's protocol and Redis, each with names of this test's own. */
async function realPorts(): Promise<Ports> {
  const { kafkaBrokers, mongoUrl, redisUrl } = sharedParts();
  const name = `monitoring-${randomBytes(6).toString('hex')}`;
  const clock = new SystemClock();
  const documents = await openDocumentStore({ kind: 'mongodb', url: mongoUrl, database: name });
  const log = await openEventLog({ kind: 'kafka', brokers: kafkaBrokers, clientId: name });
  const affinity = await openAffinity({ kind: 'redis', url: redisUrl, prefix: name, clock, timeoutMs: 20_000 });
  return {
    documents,
    log,
    affinity,
    topicPrefix: name,
    close: async () => {
      await affinity.close();
      await log.close();
      await documents.close();
    },
  };
}

function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  return fixture.until(condition, PATIENCE_SECONDS);
}

async function connected(...ids: readonly string[]): Promise<boolean[]> {
  const { states } = await other.service.getStates({ keys: ids.map(keyOf) });
  return states.map((state) => state.connected);
}

it('follows connections, tells of them, and ends what an edge that died has left', async () => {
  const { affinity } = fixture.ports;
  await affinity.renewLease({ process: 'alive', incarnation: '1' }, LEASE_MS);
  const moved = await affinity.claim('moved', { edge: 'alive', incarnation: '1', connection: 'c' });
  await report(
    running.service,
    'dead:1',
    { id: 'left', epoch: 1 },
    { id: 'moved', epoch: 2 },
    { id: 'left/m', epoch: 3 },
  );
  await report(other.service, 'alive:1', { id: 'here', epoch: 4 });
  await Promise.all(
    [running, other].map(({ service }) =>
      report(service, 'dead:1', { id: 'both', epoch: 5 }, { id: 'left', epoch: 1 }),
    ),
  );
  expect(await connected('left', 'left/m', 'moved', 'here', 'both')).toEqual([true, true, true, true, true]);
  expect((await running.service.countConnected({})).connectedDeviceCount).toBe(4);
  await until(async () => !(await connected('left', 'left/m', 'both')).includes(true));
  expect(await connected('moved', 'here')).toEqual([true, true]);
  await report(running.service, 'alive:1', { id: 'moved', epoch: moved.epoch, connected: false });
  await until(() => ['left', 'both', 'moved'].every((id) => new Set(fixture.operationsOf(id)).size === 2));
  await until(() => new Set(fixture.operationsOf('left', 'm')).size === 2);
  expect(fixture.operationsOf('here')).toEqual(['deviceConnected']);
});

it('keeps operation records once each, and lists them in pages', async () => {
  const records = Array.from({ length: 250 }, (_, index) => ({
    schema: 1,
    id: `${index}`,
    time: new Date(Date.UTC(2026, 0, 1) + index).toISOString(),
    category: index % 2 === 0 ? 'Connections' : 'DirectMethods',
    operationName: 'deviceConnect',
    level: 'Information',
    deviceId: `d${index % 5}`,
  }));
  await fixture.logOperations('no record', ...records, ...records);
  const wanted = { deviceId: 'd4', category: 'Connections', fromMs: 0, untilMs: 0, pageSize: 10, pageToken: '' };
  const all = { ...wanted, pageSize: 1_000, deviceId: '', category: '' };
  await until(async () => (await other.service.listOperations(all)).records.length === 250);
  const ids: number[] = [];
  let pageToken = '';
  do {
    const page = await running.service.listOperations({ ...wanted, pageToken });
    ids.push(...page.records.map((record) => Number(JSON.parse(record).id)));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  expect(ids).toEqual(Array.from({ length: 25 }, (_, index) => 244 - index * 10));
});

it('forgets devices that were deleted', async () => {
  await report(running.service, 'e:1', { id: 'd', epoch: 1, connected: false }, { id: 'kept', epoch: 1 });
  const { DELETED } = control.CredentialsChanged_Reason;
  const value = { deviceId: 'd', moduleId: '', generationId: 'g1', version: 1, reason: DELETED };
  const event = { timeMs: 1, event: { $case: 'credentialsChanged' as const, value } };
  const record = {
    key: 'd',
    headers: newHeaders(),
    value: Buffer.from(control.ControlEvent.encode(event).finish()),
  };
  await fixture.ports.log.appender(fixture.topics.control).appendAll([record]);
  await until(async () => {
    fixture.clock.advance(5_000);
    return (await stateOf(other.service, 'd'))?.generationId === '';
  });
  expect((await stateOf(other.service, 'kept'))?.generationId).toBe('g1');
});

it('counts messages by day, told to any process, and forgets days that are over', async () => {
  const day = Math.floor(fixture.clock.now() / 86_400_000);
  const usage = (at: MonitoringProcess, name: string, messages: number, of = day) =>
    at.service.reportUsage({ process: name, incarnation: '1', day: of, messages });
  await Promise.all([running, other, running].map((at, index) => usage(at, 'a', 5 + index)));
  await usage(other, 'b', 3);
  expect(await usage(running, 'a', 5)).toEqual({ totalMessages: 10 });
  await usage(running, 'a', 1, day - 9);
  await until(async () => {
    fixture.clock.advance(60_000);
    return (await usage(other, 'c', 0, day - 9)).totalMessages === 0;
  });
  expect(await usage(other, 'b', 3)).toEqual({ totalMessages: 10 });
});
