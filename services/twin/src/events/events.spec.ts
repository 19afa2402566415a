import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANNOTATION } from '@mooring/messages';
import { patch, patchOf, report, update } from '../testing/requests.js';
import { TwinFixture, type TwinProcess } from '../testing/twin-fixture.js';

let fixture: TwinFixture;

beforeEach(async () => {
  fixture = await TwinFixture.open();
  fixture.directory.register('d');
  fixture.directory.register('d/m');
});
afterEach(() => fixture.close());

function versionsOf(name: string): unknown[] {
  return fixture.bodiesOf(name).map(({ version }) => version);
}

describe('a twin change event', () => {
  it('carries the stamps and properties that Azure gives it', async () => {
    const { service } = await fixture.start();
    await report(service, 'd/m', { a: 1 });
    await fixture.until(() => fixture.events.length === 1);
    const time = new Date(fixture.clock.now()).toISOString();
    const [message] = fixture.events;
    expect(Object.fromEntries(message?.annotations ?? [])).toEqual({
      [ANNOTATION.deviceId]: 'd',
      [ANNOTATION.moduleId]: 'm',
      [ANNOTATION.generationId]: 'g1',
      [ANNOTATION.messageSource]: 'twinChangeEvents',
      [ANNOTATION.enqueuedTime]: expect.stringMatching(/Z$/),
    });
    expect(message?.properties).toEqual({
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      userId: 'hub',
      correlationId: expect.stringMatching(/^[0-9a-f]{18}$/),
    });
    expect(Object.fromEntries(message?.applicationProperties ?? [])).toEqual({
      hubName: 'hub',
      deviceId: 'd',
      moduleId: 'm',
      operationTimestamp: expect.stringContaining(time.slice(0, 10)),
      opType: 'updateTwin',
      'iothub-message-schema': 'twinChangeNotification',
    });
  });

  it('holds exactly what was named, nulls included, with its metadata', async () => {
    const { service } = await fixture.start();
    const time = new Date(fixture.clock.now()).toISOString();
    const stamp = { $lastUpdated: time };
    await report(service, 'd', { a: { b: 1, c: 2 }, d: [1] });
    await report(service, 'd', { a: { b: null }, e: null });
    await update(service, 'd', { tags: { t: 1, u: null }, properties: { desired: { x: { y: 1 } } } });
    await update(service, 'd', { tags: {} });
    await update(service, 'd', { properties: { desired: null } });
    await fixture.until(() => fixture.events.length === 5);
    expect(fixture.bodiesOf('d')).toEqual([
      {
        version: 3,
        properties: {
          reported: {
            a: { b: 1, c: 2 },
            d: [1],
            $metadata: { ...stamp, a: { ...stamp, b: stamp, c: stamp }, d: stamp },
            $version: 2,
          },
        },
      },
      {
        version: 4,
        properties: { reported: { a: { b: null }, e: null, $metadata: { ...stamp, a: stamp }, $version: 3 } },
      },
      {
        version: 5,
        tags: { t: 1, u: null },
        properties: {
          desired: {
            x: { y: 1 },
            $metadata: {
              ...stamp,
              $lastUpdatedVersion: 2,
              x: { ...stamp, $lastUpdatedVersion: 2, y: { ...stamp, $lastUpdatedVersion: 2 } },
            },
            $version: 2,
          },
        },
      },
      { version: 6, tags: {} },
      {
        version: 7,
        properties: { desired: { x: null, $metadata: { ...stamp, $lastUpdatedVersion: 3 }, $version: 3 } },
      },
    ]);
  });

  it('of a replacement holds the whole twin', async () => {
    const { service } = await fixture.start();
    const replaced = await update(service, 'd', { tags: { a: 1 } }, { replace: true });
    await fixture.until(() => fixture.events.length === 1);
    expect(fixture.bodiesOf('d')).toEqual([replaced]);
    expect(fixture.events[0]?.applicationProperties.get('opType')).toBe('replaceTwin');
  });

  it('is never too large for the log', async () => {
    const { service } = await fixture.start();
    const many = Object.fromEntries(Array.from({ length: 8_000 }, (_, index) => [`${index}`, {}]));
    await report(service, 'd', many);
    await update(service, 'd', { properties: { desired: many } }, { replace: true });
    await fixture.until(() => fixture.events.length === 2);
    for (const { body } of fixture.events) {
      expect(body.length).toBeLessThan(512 * 1024);
    }
    expect(fixture.bodiesOf('d')[0]).toMatchObject({ properties: { reported: { $version: 2, 7999: {} } } });
  });
});

describe('what is pending', () => {
  it('is told in the order of versions, and then removed', async () => {
    const { service } = await fixture.start();
    for (let round = 0; round < 10; round++) {
      await patch(service, ...Array.from({ length: 10 }, (_, index) => patchOf('d', { round, index })));
    }
    await fixture.until(async () => fixture.events.length >= 100 && (await fixture.pendingTwins()) === 0);
    expect(versionsOf('d')).toEqual(Array.from({ length: 100 }, (_, index) => index + 3));
  });

  it('is told by the next process if this one is killed before', async () => {
    const killed = await fixture.create({ log: fixture.silentLog });
    await report(killed.service, 'd', { a: 1 });
    await update(killed.service, 'd', { tags: { a: 1 } });
    await report(killed.service, 'd/m', { a: 1 });
    expect(await fixture.pendingTwins()).toBe(2);
    await fixture.start();
    await fixture.until(async () => (await fixture.pendingTwins()) === 0);
    expect([versionsOf('d'), versionsOf('d/m')]).toEqual([[3, 4], [3]]);
  });

  it('survives its identity, and goes before the next one of that name', async () => {
    const killed = await fixture.create({ log: fixture.silentLog });
    await report(killed.service, 'd', { a: 1 });
    fixture.directory.register('d', 'g2');
    await patch(killed.service, patchOf('d', { b: 1 }, { generation: 'g2' }));
    await fixture.start();
    await fixture.until(async () => (await fixture.pendingTwins()) === 0);
    const generations = fixture.eventsOf('d').map(({ annotations }) => annotations.get(ANNOTATION.generationId));
    expect(generations).toEqual(['g1', 'g2']);
  });

  it('may not grow without end while the log is gone', async () => {
    const { service }: TwinProcess = await fixture.create({ log: fixture.silentLog });
    const many = Array.from({ length: 300 }, (_, index) => patchOf('d', { index }));
    await patch(service, ...many);
    const later = await patch(service, ...many);
    expect([later[211], later[212], later[299]]).toEqual([513, 'ServiceUnavailable', 'ServiceUnavailable']);
  });
});
