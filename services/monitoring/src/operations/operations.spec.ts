import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OperationRecord } from '@mooring/operations';
import { MonitoringFixture, type MonitoringProcess } from '../testing/monitoring-fixture.js';
import { outcome } from '../testing/requests.js';

const START = Date.UTC(2026, 0, 1);

let fixture: MonitoringFixture;

beforeEach(async () => {
  fixture = await MonitoringFixture.open();
});
afterEach(() => fixture.close());

function operation(number: number, more: Partial<OperationRecord> = {}): OperationRecord {
  return {
    schema: 1,
    id: `operation-${number}`,
    time: new Date(START + number).toISOString(),
    category: 'Connections',
    operationName: 'deviceConnect',
    level: 'Information',
    deviceId: 'd',
    properties: {},
    ...more,
  };
}

function operations(from: number, count: number, more: Partial<OperationRecord> = {}): OperationRecord[] {
  return Array.from({ length: count }, (_, index) => operation(from + index, more));
}

/** A process that keeps records of any age. */
function start(options: Parameters<MonitoringFixture['start']>[0] = {}): Promise<MonitoringProcess> {
  return fixture.start({ operationsRetentionMs: Number.MAX_SAFE_INTEGER, ...options });
}

interface Wanted {
  readonly deviceId?: string;
  readonly category?: string;
  readonly fromMs?: number;
  readonly untilMs?: number;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

async function page({ service }: MonitoringProcess, wanted: Wanted = {}): Promise<{ ids: string[]; next: string }> {
  const all = { deviceId: '', category: '', fromMs: 0, untilMs: 0, pageSize: 0, pageToken: '' };
  const { records, nextPageToken } = await service.listOperations({ ...all, ...wanted });
  return { ids: records.map((record) => `${JSON.parse(record).id}`), next: nextPageToken };
}

async function ids(running: MonitoringProcess, wanted: Wanted = {}): Promise<string[]> {
  return (await page(running, wanted)).ids;
}

async function kept(running: MonitoringProcess, count: number): Promise<void> {
  await fixture.until(async () => (await ids(running)).length === count);
}

function named(...numbers: readonly number[]): string[] {
  return numbers.map((number) => `operation-${number}`);
}

describe('operation records', () => {
  it('are listed as they were logged, the newest first', async () => {
    const running = await start();
    const record = operation(1, { resultType: '401003', properties: { protocol: 'mqtt' } });
    await fixture.logOperations(record, operation(3), operation(2));
    await kept(running, 3);
    expect(await ids(running)).toEqual(named(3, 2, 1));
    const { records } = await running.service.listOperations({
      deviceId: 'd',
      category: '',
      fromMs: 0,
      untilMs: START + 2,
      pageSize: 1,
      pageToken: '',
    });
    expect(records).toEqual([JSON.stringify(record)]);
  });

  it('are filtered by device, category and time', async () => {
    const running = await start();
    await fixture.logOperations(
      operation(1, { deviceId: 'a' }),
      operation(2, { deviceId: 'a', category: 'DirectMethods' }),
      operation(3, { deviceId: 'b' }),
      operation(4, { deviceId: '', category: 'Routes' }),
    );
    await kept(running, 4);
    expect(await ids(running, { deviceId: 'a' })).toEqual(named(2, 1));
    expect(await ids(running, { category: 'Connections' })).toEqual(named(3, 1));
    expect(await ids(running, { deviceId: 'a', category: 'Connections' })).toEqual(named(1));
    expect(await ids(running, { fromMs: START + 2 })).toEqual(named(4, 3, 2));
    expect(await ids(running, { untilMs: START + 2 })).toEqual(named(1));
    expect(await ids(running, { deviceId: 'a', fromMs: START + 2, untilMs: START + 3 })).toEqual(named(2));
    expect(await ids(running, { deviceId: 'nobody' })).toEqual([]);
  });

  it('are kept once each, though they come twice', async () => {
    const running = await start();
    await fixture.logOperations(operation(1), operation(1), operation(2));
    await fixture.logOperations(operation(1), operation(3));
    await kept(running, 3);
    expect(await ids(running)).toEqual(named(3, 2, 1));
  });

  it('that cannot be read are skipped and counted, and hold up nothing', async () => {
    const running = await start();
    await fixture.logOperations(
      { ...operation(1), schema: 2 },
      'no JSON',
      '\u0000',
      '[]',
      'null',
      '{"schema":{"$gt":0}}',
      { ...operation(2), category: 'Nonsense' },
      { ...operation(3), time: 'yesterday' },
      { ...operation(4), id: '' },
      JSON.stringify({ ...operation(5), padding: 'x'.repeat(70_000) }),
      { ...operation(6), id: '\ud800 $x.y', deviceId: '\ud800', properties: { $where: '1', 'a.b': '__proto__' } },
      operation(7),
    );
    await kept(running, 2);
    const expected = { newer: 1, invalid: 8, 'too-large': 1, kept: 2 };
    const missing = async (): Promise<string[]> => {
      const metrics = await running.metrics.metrics();
      return Object.entries(expected)
        .map(([why, count]) => `mooring_monitoring_operation_records_total{outcome="${why}"} ${count}\n`)
        .filter((line) => !metrics.includes(line));
    };
    // Counted a moment after they can be listed.
    await fixture.until(async () => (await missing()).length === 0);
    expect(await missing()).toEqual([]);
  });

  it('of a clock that is ahead do not hide what comes after', async () => {
    const running = await start();
    await fixture.logOperations(operation(1, { time: '2199-01-01T00:00:00.000Z' }));
    await kept(running, 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await fixture.logOperations(operation(2, { time: new Date().toISOString() }));
    await kept(running, 2);
    expect(await ids(running)).toEqual(named(2, 1));
  });
});

describe('pages', () => {
  it.each<[string, Wanted]>([
    ['of all', {}],
    ['of a device', { deviceId: 'd' }],
    ['of a category', { category: 'Connections' }],
    ['of a time', { fromMs: START, untilMs: START + 40 }],
  ])('%s hold each record once, whatever comes meanwhile', async (_of, wanted) => {
    const running = await start();
    await fixture.logOperations(...operations(0, 40));
    await kept(running, 40);
    const seen: string[] = [];
    let next = '';
    for (let round = 0; round === 0 || next !== ''; round++) {
      const { ids: found, next: token } = await page(running, { ...wanted, pageSize: 7, pageToken: next });
      seen.push(...found);
      next = token;
      await fixture.logOperations(...operations(100 + round * 10, 10));
      await kept(running, 40 + (round + 1) * 10);
    }
    expect(seen).toEqual(named(...Array.from({ length: 40 }, (_, index) => 39 - index)));
  });

  it('refuse sizes and tokens that are none', async () => {
    const running = await start();
    for (const pageSize of [-1, 1_001, 1.5]) {
      expect(await outcome(page(running, { pageSize }))).toBe('ArgumentInvalid');
    }
    for (const pageToken of ['x', '!', 'a'.repeat(5_000), Buffer.from("{'$gt':''}").toString('base64url')]) {
      expect(await outcome(page(running, { pageToken }))).toBe('ArgumentInvalid');
    }
  });
});

describe('retention', () => {
  const MINUTE_MS = 60_000;

  it('forgets what is too old', async () => {
    const running = await fixture.start({ operationsRetentionMs: 60 * MINUTE_MS });
    const old = { time: new Date(fixture.clock.now() - 61 * MINUTE_MS).toISOString() };
    const young = { time: new Date(fixture.clock.now() - MINUTE_MS).toISOString() };
    await fixture.logOperations(...operations(0, 1_500, old), operation(2_000, young));
    await fixture.until(async () => (await running.metrics.metrics()).includes('outcome="kept"} 1501'));
    fixture.clock.advance(MINUTE_MS);
    await fixture.until(async () => (await ids(running)).length === 1);
    expect(await ids(running)).toEqual(named(2_000));
    // Counted a moment after they cannot be listed any more.
    await fixture.until(async () => (await running.metrics.metrics()).includes('outcome="forgotten"} 1500'));
  });

  it('forgets the oldest of too many', async () => {
    const running = await start({ operationsMaxRecords: 100 });
    await fixture.logOperations(...operations(0, 120));
    await kept(running, 120);
    fixture.clock.advance(MINUTE_MS);
    await kept(running, 100);
    expect((await ids(running)).at(-1)).toBe('operation-20');
  });
});
