import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { twin } from '@mooring/proto';
import { getTwin, keyOf, modelOf, outcome, setModels, update } from '../testing/requests.js';
import { TwinFixture, type TwinProcess } from '../testing/twin-fixture.js';

let fixture: TwinFixture;
let running: TwinProcess;
let service: twin.TwinService;

beforeEach(async () => {
  fixture = await TwinFixture.open();
  running = await fixture.start();
  service = running.service;
  fixture.directory.register('d');
});
afterEach(() => fixture.close());

async function writes(): Promise<string | undefined> {
  return (await running.metrics.metrics()).split('\n').find((line) => line.includes('writes_total{outcome="written"}'));
}

const found = async (query: string) =>
  (await service.queryTwins({ query, pageSize: 0, continuation: '' })).items.map((item) => item.toString());

describe('what a device says of its model', () => {
  it('is in its twin and found by queries, and changes neither version nor etag, nor is it an event', async () => {
    const before = await getTwin(service, 'd');
    expect(await setModels(service, modelOf('d', 'dtmi:x;1'))).toEqual(['ok']);
    expect(await getTwin(service, 'd')).toEqual({ ...before, modelId: 'dtmi:x;1' });
    expect(await found(`SELECT deviceId FROM devices WHERE modelId = 'dtmi:x;1'`)).toEqual(['{"deviceId":"d"}']);
    await setModels(service, modelOf('d', 'dtmi:x;2'));
    expect((await getTwin(service, 'd'))['modelId']).toBe('dtmi:x;2');
    await update(service, 'd', { tags: { a: 1 } });
    await fixture.until(() => fixture.eventsOf('d').length > 0);
    expect(fixture.eventsOf('d')).toHaveLength(1);
    expect((await getTwin(service, 'd'))['modelId']).toBe('dtmi:x;2');
  });

  it('is written once, however often it says so', async () => {
    await setModels(service, modelOf('d', 'dtmi:x;1'));
    const before = await writes();
    await setModels(service, modelOf('d', 'dtmi:x;1'), modelOf('d', 'dtmi:x;1'));
    expect(await writes()).toBe(before);
  });

  it("may be as long as it can be, and is nobody else's", async () => {
    const long = `dtmi:${'ü'.repeat(2_043)}`;
    expect(await setModels(service, modelOf('d', long), modelOf('d', `${long}x`), modelOf('d', 'x', 'g0'))).toEqual([
      'ok',
      'ArgumentInvalid',
      'DeviceNotFound',
    ]);
    expect(await found(`SELECT deviceId FROM devices WHERE modelId = '${long}'`)).toEqual(['{"deviceId":"d"}']);
    fixture.directory.register('d', 'g2');
    expect((await getTwin(service, 'd'))['modelId']).toBe('');
  });

  it('is refused as a whole if it is of too many', async () => {
    const models = Array.from({ length: 501 }, () => modelOf('d', 'x'));
    expect(await outcome(service.setModels({ models }))).toBe('ArgumentInvalid');
    const twins = models.map(() => keyOf('d'));
    expect(await outcome(service.getDesiredVersions({ twins }))).toBe('ArgumentInvalid');
  });
});

describe('the version of desired properties', () => {
  it('is told with when they changed, of the very identity', async () => {
    await update(service, 'd', { properties: { desired: { a: 1 } } });
    const changedAt = fixture.clock.now();
    fixture.clock.advance(1_000);
    await update(service, 'd', { tags: { a: 1 } });
    const { versions } = await service.getDesiredVersions({ twins: [keyOf('d'), keyOf('d', 'g0')] });
    expect(versions).toEqual([
      { version: 2, updatedTimeMs: changedAt },
      { version: 0, updatedTimeMs: 0 },
    ]);
  });
});
