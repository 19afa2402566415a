import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DocumentStore } from '@mooring/document-store';
import { twinJson } from '../domain/twin-json.js';
import { storedKey } from '../domain/user-keys.js';
import { embeddedDocuments, QueryFixture, twinLike } from './testing/query-fixture.js';

const HOUR_MS = 3_600_000;
const DAY = Date.parse('2026-02-01T00:00:00Z');

const twins = [
  twinLike({
    deviceId: 'a',
    modelId: 'dtmi:x;1',
    tags: { site: 'north', floor: 1, [storedKey('__proto__')]: { x: 1 }, 'x-y': [1] },
    reported: { t: 20, state: { mode: 'on' } },
    identity: { statusReason: 'new', primaryThumbprint: 'AB', iotEdge: true },
    connection: { state: 'Connected', lastActivityTime: DAY },
    messageCount: 2,
  }),
  twinLike({
    deviceId: 'b',
    tags: { site: 'north', floor: 2 },
    desired: { t: 5 },
    desiredVersion: 3,
    reported: { t: 30 },
    identity: { status: 'disabled', statusUpdatedTime: DAY },
    connection: { lastActivityTime: DAY + HOUR_MS },
  }),
  twinLike({ deviceId: 'c', tags: { site: 'south' }, reported: { t: 'hot' }, twinVersion: 9 }),
  twinLike({ deviceId: 'd', status: 'deleted', tags: { site: 'north' } }),
  twinLike({ deviceId: 'a', moduleId: 'm1', tags: { site: 'north' }, connection: { state: 'Connected' } }),
  twinLike({ deviceId: 'b', moduleId: '$edgeAgent', desired: { n: 1 } }),
];

describe('QueryExecutor', () => {
  let documents: { readonly store: DocumentStore; close(): Promise<void> };
  let fixture: QueryFixture;
  beforeAll(async () => {
    documents = await embeddedDocuments();
    fixture = await QueryFixture.open(documents.store, ['tags.site']);
    await fixture.put(twins);
  });
  afterAll(() => documents.close());

  it.each([
    ["tags.site = 'north'", 'a b'],
    ["tags.site = 'north' AND connectionState = 'Connected' AND status = 'enabled'", 'a'],
    ["tags.site != 'north'", 'c'],
    ["NOT tags.floor = 1 OR properties.reported.state.mode = 'on'", 'a b'],
    ["deviceId IN ['a', 'c', 'd', 'x']", 'a c'],
    ["devices.Id = 'b'", 'b'],
    ["STARTSWITH(deviceId, 'b')", 'b'],
    ["deviceId > 'a' AND version >= 3", 'c'],
    ["lastActivityTime > '2026-02-01T00:30:00Z'", 'b'],
    ["lastActivityTime <= '2026-02-01T02:00:00+02:00'", 'a c'],
    ["lastActivityTime = '2026-02-01'", 'a'],
    ["lastActivityTime = '0001-01-01T00:00:00'", 'c'],
    ["lastActivityTime < '1969-01-01' AND lastActivityTime < 'zzz'", 'c'],
    ["CONTAINS(statusUpdateTime, '2026-02')", 'b'],
    ["statusReason = 'new' OR x509Thumbprint.primaryThumbprint != null", 'a'],
    ['NOT IS_DEFINED(statusReason)', 'b c'],
    ['x509Thumbprint.primaryThumbprint = null', 'b c'],
    ["modelId = ''", 'b c'],
    ["modelId = 'dtmi:x;1' AND capabilities.iotEdge = true", 'a'],
    ['capabilities.iotEdge', 'a'],
    ['cloudToDeviceMessageCount > 1', 'a'],
    ["authenticationType = 'sas' AND etag = 'AAAAAAAAAAE=' AND deviceEtag = 'e1'", 'a b c'],
    ['properties.desired.$version = 3', 'b'],
    ["properties.reported.$metadata.$lastUpdated = '2026-03-01T12:00:00.000Z'", 'a b c'],
    ['properties.reported.t + 10 > properties.reported.t * 1.4', 'a'],
    ["properties.reported.t > 10 OR properties.reported.t = 'hot'", 'a b c'],
    ["tags['__proto__'].x = 1", 'a'],
    ["IS_ARRAY(tags['x-y']) AND NOT IS_DEFINED(tags['x-y'].0)", 'error'],
    ["IS_ARRAY(tags['x-y']) AND NOT IS_DEFINED(tags['x-y']['0'])", 'a'],
    ['IS_OBJECT(properties) AND IS_OBJECT(properties.desired) AND IS_OBJECT(tags)', 'a b c'],
    ["configurations.[[c1]].status = 'Applied'", ''],
    ['IS_DEFINED(moduleId)', ''],
    ["tags.site = 'north' OR tags.site = 'south'", 'a b c'],
  ])('finds devices where %s', async (condition, expected) => {
    if (expected === 'error') {
      await expect(fixture.names(condition)).rejects.toMatchObject({ error: 'ArgumentInvalid' });
    } else {
      expect(await fixture.names(condition)).toBe(expected);
    }
  });

  it('finds modules', async () => {
    const names = (condition: string) => fixture.names(condition, 'devices.modules');
    expect(await names('true')).toBe('a/m1 b/$edgeAgent');
    expect(await names("devices.Id = 'a'")).toBe('a/m1');
    expect(await names("moduleId = '$edgeAgent' AND properties.desired.n = 1")).toBe('b/$edgeAgent');
    expect(await names("connectionState = 'Connected' AND tags.site = 'north'")).toBe('a/m1');
    expect(await names('IS_DEFINED(capabilities)')).toBe('');
  });

  it('answers with whole twins, or with what is selected', async () => {
    const whole = await fixture.executor.query({ query: 'SELECT * FROM devices', pageSize: 0, continuation: '' });
    expect(whole.itemType).toBe('Twin');
    expect(whole.continuation).toBe('');
    expect(whole.items.map((item) => Buffer.from(item).toString())).toEqual(twins.slice(0, 3).map(twinJson));
    const raw = await fixture.executor.query({ query: 'SELECT deviceId FROM devices', pageSize: 0, continuation: '' });
    expect(raw.itemType).toBe('Raw');
    const text = 'SELECT deviceId, tags.site AS place, properties.reported.state, x509Thumbprint FROM devices WHERE ';
    expect(await fixture.all(`${text} tags.floor = 1`)).toEqual([
      {
        deviceId: 'a',
        place: 'north',
        state: { mode: 'on' },
        x509Thumbprint: { primaryThumbprint: 'AB', secondaryThumbprint: null },
      },
    ]);
    const [selected] = await fixture.all("SELECT tags, properties.desired FROM devices WHERE deviceId = 'a'");
    const { tags, properties } = JSON.parse(twinJson(twins[0] ?? twinLike({ deviceId: 'none' })));
    expect(selected).toEqual({ tags, desired: properties.desired });
  });

  it('counts and groups', async () => {
    expect(await fixture.all('SELECT COUNT() AS n FROM devices')).toEqual([{ n: 3 }]);
    expect(await fixture.all("SELECT COUNT() FROM devices WHERE tags.site = 'north'")).toEqual([{ $1: 2 }]);
    expect(await fixture.all("SELECT COUNT() AS n FROM devices WHERE CONTAINS(tags.site, 'o')")).toEqual([{ n: 3 }]);
    expect(await fixture.all('SELECT COUNT() AS n FROM devices.modules')).toEqual([{ n: 2 }]);
    expect(await fixture.all('SELECT AVG(properties.reported.t) AS t, MAX(version) AS v FROM devices')).toEqual([
      { t: 25, v: 9 },
    ]);
    const groups = 'SELECT tags.site, COUNT() AS n FROM devices GROUP BY tags.site';
    for (const pageSize of [0, 1]) {
      const rows = await fixture.all(groups, pageSize);
      expect(rows).toHaveLength(2);
      expect(rows).toEqual(
        expect.arrayContaining([
          { site: 'north', n: 2 },
          { site: 'south', n: 1 },
        ]),
      );
    }
    expect(await fixture.all(groups.replace('SELECT', 'SELECT TOP 1'), 1)).toHaveLength(1);
  });

  it.each([
    ['SELECT * FROM devices WHERE', 'line 1, column 28'],
    [`SELECT * FROM devices WHERE ${'('.repeat(70)}`, 'nest deeper'],
    ['SELECT * FROM devices.jobs', 'keeps no jobs'],
    ['SELECT * FROM tags', 'FROM devices or FROM devices.modules'],
    ['SELECT deviceId, COUNT() FROM devices', 'GROUP BY'],
  ])('refuses %s', async (query, problem) => {
    fixture.operations.length = 0;
    const refused = fixture.executor.query({ query, pageSize: 0, continuation: '' });
    await expect(refused).rejects.toMatchObject({
      error: 'ArgumentInvalid',
      message: expect.stringContaining(problem),
    });
    expect(fixture.operations).toMatchObject([{ category: 'TwinQueries', level: 'Error', resultType: '400004' }]);
    const count = await fixture.metrics.getSingleMetric('mooring_twin_queries_total')?.get();
    expect(count?.values).toContainEqual(expect.objectContaining({ labels: { outcome: 'ArgumentInvalid' } }));
  });
});
