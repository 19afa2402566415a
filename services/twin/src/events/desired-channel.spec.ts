import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { edge, type twin } from '@mooring/proto';
import { TestEdge } from '../testing/neighbours.js';
import { update } from '../testing/requests.js';
import { TwinFixture, type TwinProcess } from '../testing/twin-fixture.js';

const { Delivery } = edge;

let fixture: TwinFixture;
let running: TwinProcess;
let service: twin.TwinService;
let here: TestEdge;
let there: TestEdge;

beforeEach(async () => {
  fixture = await TwinFixture.open();
  for (const name of ['d', 'd/m', 'e']) {
    fixture.directory.register(name);
  }
  running = await fixture.start();
  service = running.service;
  here = new TestEdge();
  there = new TestEdge();
});
afterEach(() => fixture.close());

function desired(name: string, properties: unknown): Promise<unknown> {
  return update(service, name, { properties: { desired: properties } });
}

async function pushed(outcome: string): Promise<number> {
  const { values } = (await running.metrics.getSingleMetric('mooring_twin_desired_pushes_total')?.get()) ?? {};
  return values?.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0;
}

it('hands each change to the device or module that it is for, wherever that is, in order', async () => {
  fixture.locator.places.set('d', [here]).set('d/m', [there]);
  await desired('d', { a: { b: 1 }, _c: null });
  await desired('d', { a: { b: null } });
  await desired('d', null);
  await desired('d/m', {});
  await update(service, 'd', { tags: { a: 1 } });
  await fixture.until(async () => (await pushed('delivered')) === 4);
  expect(here.pushes.map(({ json, version, generationId }) => [JSON.parse(`${json}`), version, generationId])).toEqual([
    [{ a: { b: 1 }, _c: null, $version: 2 }, 2, 'g1'],
    [{ a: { b: null }, $version: 3 }, 3, 'g1'],
    [{ a: null, $version: 4 }, 4, 'g1'],
  ]);
  expect(there.pushes).toEqual([
    { key: { deviceId: 'd', moduleId: 'm' }, generationId: 'g1', version: 2, json: Buffer.from('{"$version":2}') },
  ]);
});

it('tells of a replacement what is gone', async () => {
  fixture.locator.places.set('d', [here]);
  await desired('d', { a: { b: 1, c: 2 }, d: 1 });
  await update(service, 'd', { properties: { desired: { a: { c: 3 } } } }, { replace: true });
  await fixture.until(() => here.pushes.length === 2);
  expect(JSON.parse(`${here.pushes[1]?.json}`)).toEqual({ a: { b: null, c: 3 }, d: null, $version: 3 });
});

it('keeps nothing for a device that is nowhere, or has not asked', async () => {
  await desired('d', { a: 1 });
  fixture.locator.places.set('e', [here]);
  here.answer.set('e', Delivery.NOT_SUBSCRIBED);
  await desired('e', { a: 1 });
  await fixture.until(async () => (await fixture.pendingTwins()) === 0);
  expect([await pushed('offline'), await pushed('not-subscribed')]).toEqual([1, 1]);
  expect(here.pushes).toEqual([]);
});

it('follows a device that has moved meanwhile', async () => {
  fixture.locator.places.set('d', [here]);
  here.answer.set('d', Delivery.NOT_CONNECTED);
  await desired('d', { a: 1 });
  await fixture.until(() => fixture.locator.lookups > 1);
  fixture.locator.places.set('d', [there]);
  await fixture.until(() => there.versionsOf('d').length === 1);
});

it('asks all edges where it is not known which has the device', async () => {
  fixture.locator.places.set('d', [here, there]);
  here.answer.set('d', Delivery.NOT_CONNECTED);
  await desired('d', { a: 1 });
  await fixture.until(async () => (await pushed('delivered')) === 1);
  expect(there.versionsOf('d')).toEqual([2]);
});

it.each(['unreachable', 'silent'] as const)('is held up by no edge that is %s', async (mood) => {
  here.mood = mood;
  fixture.locator.places.set('d', [here]).set('e', [there]);
  await desired('d', { a: 1 });
  await desired('e', { a: 1 });
  const startedAt = fixture.clock.monotonic();
  await fixture.until(() => there.versionsOf('e').length === 1);
  await fixture.until(async () => (await fixture.pendingTwins()) === 0);
  expect(await pushed('given-up')).toBe(1);
  expect(fixture.clock.monotonic() - startedAt).toBeLessThan(10_000);
});
