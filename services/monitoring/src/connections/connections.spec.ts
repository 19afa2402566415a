import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DocumentStoreError } from '@mooring/document-store';
import type { EventLog } from '@mooring/event-log';
import { ANNOTATION } from '@mooring/messages';
import { MonitoringFixture, type MonitoringProcess } from '../testing/monitoring-fixture.js';
import { keyOf, outcome, report, seen, stateOf } from '../testing/requests.js';

let fixture: MonitoringFixture;
let running: MonitoringProcess;

beforeEach(async () => {
  fixture = await MonitoringFixture.open();
  running = await fixture.start();
});
afterEach(() => fixture.close());

async function connected(id: string): Promise<boolean | undefined> {
  return (await stateOf(running.service, id))?.connected;
}

describe('connection states', () => {
  it('are what edges saw last', async () => {
    const { service } = running;
    await report(service, 'e:i', { id: 'd', epoch: 5, time: 1_000 }, { id: 'd/m', epoch: 6, time: 1_001 });
    expect(await stateOf(service, 'd')).toEqual({
      generationId: 'g1',
      connected: true,
      connectionStateUpdatedTimeMs: 1_000,
      lastActivityTimeMs: 1_000,
      epoch: 5,
    });
    await report(service, 'e:i', { id: 'd', epoch: 5, connected: false, time: 2_000 });
    const { states } = await service.getStates({ keys: ['d/m', 'unknown', 'd'].map(keyOf) });
    expect(states.map((state) => [state.connected, state.connectionStateUpdatedTimeMs])).toEqual([
      [true, 1_001],
      [false, 0],
      [false, 2_000],
    ]);
    expect(states[1]?.generationId).toBe('');
  });

  it('do not go back to older epochs, nor to connections that ended', async () => {
    const { service } = running;
    await report(service, 'e:i', { id: 'd', epoch: 5 });
    await report(service, 'e:j', { id: 'd', epoch: 4, connected: false });
    expect(await connected('d')).toBe(true);
    await report(service, 'e:i', { id: 'd', epoch: 5, connected: false });
    await report(service, 'e:i', { id: 'd', epoch: 5 });
    await report(service, 'e:k', { id: 'd', epoch: 5 });
    expect(await connected('d')).toBe(false);
  });

  it('take several reports of one identity, and the same ones again', async () => {
    const { service } = running;
    const both = [
      { id: 'd', epoch: 5 },
      { id: 'd', epoch: 5, connected: false },
      { id: 'd', epoch: 7 },
    ];
    await report(service, 'e:i', ...both);
    await report(service, 'e:i', ...both);
    expect(await connected('d')).toBe(true);
    await fixture.until(() => fixture.operationsOf('d').length === 3);
    expect(fixture.operationsOf('d')).toEqual(['deviceConnected', 'deviceDisconnected', 'deviceConnected']);
  });

  it('leave out what makes no sense, and take the rest', async () => {
    const { service } = running;
    const reports = [
      { ...seen({ id: 'a', epoch: 1 }), key: undefined },
      seen({ id: 'white space', epoch: 1 }),
      seen({ id: 'd/', epoch: 0 }),
      seen({ id: 'b', epoch: -1 }),
      seen({ id: 'b', epoch: 1.5 }),
      seen({ id: 'b', epoch: Number.MAX_SAFE_INTEGER }),
      seen({ id: 'b', epoch: 1, time: 8.65e15 }),
      seen({ id: 'b', epoch: 1, time: Number.NaN }),
      seen({ id: 'b', epoch: 1, generation: '' }),
      seen({ id: 'good', epoch: 1 }),
    ];
    await service.reportConnections({ edge: 'e', incarnation: 'i', reports });
    await service.reportActivity({ activities: [{ key: keyOf('b'), generationId: 'g', timeMs: -1 }] });
    expect([await connected('b'), await connected('good')]).toEqual([false, true]);
    expect(await running.metrics.metrics()).toContain(
      'mooring_monitoring_reports_total{kind="connection",outcome="senseless"} 9',
    );
  });

  it('refuse calls that make no sense as a whole', async () => {
    const { service } = running;
    expect(await outcome(report(service, ':i', { id: 'd', epoch: 1 }))).toBe('ArgumentInvalid');
    expect(await outcome(report(service, 'e:', { id: 'd', epoch: 1 }))).toBe('ArgumentInvalid');
    expect(await outcome(service.getStates({ keys: [keyOf('no/such/key?')] }))).toBe('ok');
    expect(await outcome(service.getStates({ keys: [keyOf('a b')] }))).toBe('ArgumentInvalid');
    const many = Array.from({ length: 1_001 }, (_, index) => keyOf(`d${index}`));
    expect(await outcome(service.getStates({ keys: many }))).toBe('ArgumentInvalid');
    expect((await service.getStates({ keys: many.slice(1) })).states).toHaveLength(1_000);
  });

  it('begin anew with another generation, which ends what the former had', async () => {
    const { service } = running;
    await report(service, 'e:i', { id: 'd', epoch: 5, time: 1_000 });
    await report(service, 'e:i', { id: 'd', epoch: 9, generation: 'g2', connected: false, time: 2_000 });
    expect(await stateOf(service, 'd')).toEqual({
      generationId: 'g2',
      connected: false,
      connectionStateUpdatedTimeMs: 2_000,
      lastActivityTimeMs: 2_000,
      epoch: 9,
    });
    await report(service, 'e:i', { id: 'd', epoch: 6, time: 3_000 });
    expect((await stateOf(service, 'd'))?.generationId).toBe('g2');
    await fixture.until(() => fixture.events.length === 2);
    const told = fixture.events.map(({ annotations }) => annotations.get(ANNOTATION.generationId));
    expect([fixture.operationsOf('d'), told]).toEqual([
      ['deviceConnected', 'deviceDisconnected'],
      ['g1', 'g1'],
    ]);
  });

  it('are changed by thousands in a few round trips', async () => {
    let trips = 0;
    const counting = await fixture.create({ documents: countingTrips(() => trips++) });
    const devices = Array.from({ length: 5_000 }, (_, index) => ({ id: `d${index}`, epoch: 1 }));
    await report(counting.service, 'e:i', ...devices);
    expect(trips).toBeLessThan(12);
    expect((await running.service.countConnected({})).connectedDeviceCount).toBe(5_000);
  });

  function countingTrips(trip: () => void): (typeof fixture.ports)['documents'] {
    const { documents } = fixture.ports;
    return Object.assign(Object.create(documents), {
      collection: async (spec: Parameters<typeof documents.collection>[0]) => {
        const collection = await documents.collection(spec);
        return Object.assign(Object.create(collection), {
          get: counted(trip, (id: string) => collection.get(id)),
          getMany: counted(trip, (ids: readonly string[]) => collection.getMany(ids)),
          bulk: counted(trip, (writes: Parameters<typeof collection.bulk>[0]) => collection.bulk(writes)),
        });
      },
    });
  }

  it('tell an absent store in the words of the contract', async () => {
    const { documents } = fixture.ports;
    const away = Object.assign(Object.create(documents), {
      collection: async () => ({
        getMany: () => Promise.reject(new DocumentStoreError('unavailable', 'away')),
      }),
    });
    const { service } = await fixture.create({ documents: away });
    expect(await outcome(service.getStates({ keys: [keyOf('d')] }))).toBe('ServiceUnavailable');
  });
});

function counted<A, R>(count: () => void, call: (argument: A) => R): (argument: A) => R {
  return (argument) => {
    count();
    return call(argument);
  };
}

describe('last activity', () => {
  it('grows, for the generation that is known', async () => {
    const { service } = running;
    const active = (id: string, timeMs: number, generationId = 'g1') => ({ key: keyOf(id), generationId, timeMs });
    await report(service, 'e:i', { id: 'd', epoch: 1, time: 1_000 });
    await service.reportActivity({ activities: [active('d', 5_000), active('new', 4_000), active('d', 3_000)] });
    await service.reportActivity({ activities: [active('d', 9_000, 'g0')] });
    expect(await stateOf(service, 'd')).toMatchObject({
      lastActivityTimeMs: 5_000,
      connectionStateUpdatedTimeMs: 1_000,
    });
    expect(await stateOf(service, 'new')).toEqual({
      generationId: 'g1',
      connected: false,
      connectionStateUpdatedTimeMs: 0,
      lastActivityTimeMs: 4_000,
      epoch: 0,
    });
    expect(fixture.operationsOf('new')).toEqual([]);
    await report(service, 'e:i', { id: 'd', epoch: 1, connected: false, time: 2_000 });
    expect((await stateOf(service, 'd'))?.lastActivityTimeMs).toBe(5_000);
  });
});

describe('the count of connected devices', () => {
  it('leaves out modules and those that are gone, and is kept for a second', async () => {
    const { service } = running;
    const count = async () => (await service.countConnected({})).connectedDeviceCount;
    await report(service, 'e:i', { id: 'a', epoch: 1 }, { id: 'a/m', epoch: 2 }, { id: 'b', epoch: 3 });
    expect(await count()).toBe(2);
    await report(service, 'e:i', { id: 'b', epoch: 3, connected: false });
    expect(await count()).toBe(2);
    fixture.clock.advance(1_000);
    expect(await count()).toBe(1);
  });
});

describe('connection state events', () => {
  it('carry the stamps and properties that Azure gives them', async () => {
    await report(running.service, 'e:i', { id: 'd/m', epoch: 10, time: 1_720_346_400_000, generation: '7' });
    await fixture.until(() => fixture.events.length === 1);
    const [message] = fixture.events;
    const sequenceNumber = '14'.padStart(64, '0');
    expect(JSON.parse(`${message?.body}`)).toEqual({ sequenceNumber });
    expect(Object.fromEntries(message?.annotations ?? [])).toEqual({
      [ANNOTATION.deviceId]: 'd',
      [ANNOTATION.moduleId]: 'm',
      [ANNOTATION.generationId]: '7',
      [ANNOTATION.messageSource]: 'deviceConnectionStateEvents',
      [ANNOTATION.enqueuedTime]: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(message?.properties).toEqual({
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      userId: 'hub',
      correlationId: sequenceNumber.slice(32),
    });
    expect(Object.fromEntries(message?.applicationProperties ?? [])).toEqual({
      hubName: 'hub',
      deviceId: 'd',
      moduleId: 'm',
      operationTimestamp: '2024-07-07T10:00:00.000Z',
      opType: 'moduleConnected',
      'iothub-message-schema': 'deviceConnectionStateNotification',
    });
  });

  it('have sequence numbers that grow', async () => {
    const { service } = running;
    for (const epoch of [3, 4, 5]) {
      await report(service, 'e:i', { id: 'd', epoch }, { id: 'd', epoch, connected: false });
    }
    await fixture.until(() => fixture.events.length === 6);
    const numbers = fixture.events.map(({ body }) => `${JSON.parse(`${body}`).sequenceNumber}`);
    expect(numbers).toEqual([...new Set(numbers)].sort());
  });

  it('are told by another process if this one is killed before, and not without end kept', async () => {
    const deaf: EventLog = Object.assign(Object.create(fixture.ports.log), {
      appender: () => ({ appendAll: () => new Promise(() => undefined) }),
    });
    const killed = await fixture.create({ log: deaf });
    await report(killed.service, 'e:i', { id: 'left', epoch: 1 });
    await fixture.until(() => fixture.operationsOf('left').length > 0);
    for (let epoch = 2; epoch < 60; epoch++) {
      await report(killed.service, 'e:i', { id: 'flapping', epoch, connected: epoch % 2 === 0 });
    }
    expect(await killed.metrics.metrics()).toMatch(/mooring_monitoring_connection_events_lost_total [1-9]/);
  });
});
