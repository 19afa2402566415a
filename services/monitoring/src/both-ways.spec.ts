import { afterEach, expect, it } from '@jest/globals';
import { monitoring } from '@mooring/proto';
import { inBothWays } from '@mooring/rpc/contract';
import { MonitoringFixture } from './testing/monitoring-fixture.js';
import { keyOf, outcome, report, stateOf } from './testing/requests.js';

const EVERYTHING = { deviceId: '', category: '', fromMs: 0, untilMs: 0, pageSize: 0, pageToken: '' };

let fixture: MonitoringFixture | undefined;

async function start(): Promise<monitoring.MonitoringService> {
  fixture = await MonitoringFixture.open();
  return (await fixture.start({ operationsRetentionMs: Number.MAX_SAFE_INTEGER })).service;
}

afterEach(() => fixture?.close());

inBothWays(monitoring.MonitoringServiceService, start, (service) => {
  it('takes reports and tells states, of epochs and times in full', async () => {
    const epoch = Date.UTC(2100, 0, 1) * 1_000 + 7;
    await report(
      service(),
      'e:i',
      { id: 'd', epoch, time: 1_720_346_400_123 },
      { id: 'd/m', epoch: 1, connected: false },
    );
    await service().reportActivity({
      activities: [{ key: keyOf('d'), generationId: 'g1', timeMs: 1_720_346_400_999 }],
    });
    expect(await stateOf(service(), 'd')).toEqual({
      generationId: 'g1',
      connected: true,
      connectionStateUpdatedTimeMs: 1_720_346_400_123,
      lastActivityTimeMs: 1_720_346_400_999,
      epoch,
    });
    expect((await stateOf(service(), 'd/m'))?.connected).toBe(false);
    await report(service(), 'e:i', { id: 'd', epoch: epoch - 1, connected: false });
    expect(await service().countConnected({})).toEqual({ connectedDeviceCount: 1 });
  });

  it('tells many states in the order asked', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `d${index}`);
    await report(service(), 'e:i', ...ids.map((id, index) => ({ id, epoch: 1, connected: index % 3 === 0 })));
    const { states } = await service().getStates({ keys: ids.map(keyOf) });
    expect(states.map(({ connected }) => connected)).toEqual(ids.map((_, index) => index % 3 === 0));
  });

  it('lists operations in pages', async () => {
    const records = [1, 2, 3].map((number) => ({
      schema: 1,
      id: `${number}`,
      time: new Date(number).toISOString(),
      category: 'Connections',
      operationName: 'deviceConnect',
      level: 'Information',
      deviceId: 'dürer', // no id of a device, but a record is taken as it is
    }));
    await fixture?.logOperations(...records);
    await fixture?.until(async () => (await service().listOperations(EVERYTHING)).records.length === 3);
    const first = await service().listOperations({ ...EVERYTHING, pageSize: 2 });
    const second = await service().listOperations({ ...EVERYTHING, pageSize: 2, pageToken: first.nextPageToken });
    const ids = [...first.records, ...second.records].map((record) => JSON.parse(record).id);
    expect([ids, second.nextPageToken]).toEqual([['3', '2', '1'], '']);
  });

  it('counts messages by day, once for each life of a process', async () => {
    const day = 20_780;
    const usage = (process: string, incarnation: string, messages: number, of = day) =>
      service().reportUsage({ process, incarnation, day: of, messages });
    expect(await usage('a', '1', 0)).toEqual({ totalMessages: 0 });
    expect(await usage('a', '1', 5)).toEqual({ totalMessages: 5 });
    expect(await usage('a', '1', 5)).toEqual({ totalMessages: 5 });
    expect(await usage('a', '1', 3)).toEqual({ totalMessages: 5 });
    expect(await usage('a', '2', 4)).toEqual({ totalMessages: 9 });
    expect(await usage('b/ü', '1', 2 ** 40)).toEqual({ totalMessages: 2 ** 40 + 9 });
    expect(await usage('a', '2', 1, day + 1)).toEqual({ totalMessages: 1 });
    expect(await outcome(usage('', '1', 1))).toBe('ArgumentInvalid');
    expect(await outcome(usage('a', '1', -1))).toBe('ArgumentInvalid');
    expect(await outcome(usage('a', '1', 1, -1))).toBe('ArgumentInvalid');
  });

  it('refuses in the same words', async () => {
    expect(await outcome(report(service(), ':i', { id: 'd', epoch: 1 }))).toBe('ArgumentInvalid');
    expect(await outcome(service().getStates({ keys: [keyOf('')] }))).toBe('ArgumentInvalid');
    expect(await outcome(service().listOperations({ ...EVERYTHING, pageToken: 'x' }))).toBe('ArgumentInvalid');
    expect(await outcome(service().listOperations({ ...EVERYTHING, pageSize: -1 }))).toBe('ArgumentInvalid');
  });
});
