import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventLog } from '@mooring/event-log';
import { MonitoringFixture } from '../testing/monitoring-fixture.js';
import { keyOf, outcome, report, stateOf } from '../testing/requests.js';

let fixture: MonitoringFixture;

beforeEach(async () => {
  fixture = await MonitoringFixture.open();
});
afterEach(() => fixture.close());

async function expectNotices(...ids: readonly string[]): Promise<void> {
  await fixture.until(() => fixture.notices.length >= ids.length);
  const notices = ids.map((id) => ({ part: 'connection', ...keyOf(id) }));
  expect(fixture.notices.splice(0)).toEqual(notices);
}

const heard = (id: string, timeMs: number) => ({ activities: [{ key: keyOf(id), generationId: 'g1', timeMs }] });

describe('notices of connection states', () => {
  it('are given of connects, disconnects, take-overs and activity, and of nothing that is no news', async () => {
    const { service } = await fixture.start();
    await report(service, 'e:i', { id: 'd', epoch: 5, time: 1_000 });
    await expectNotices('d');
    await report(service, 'e:i', { id: 'd', epoch: 5, time: 1_000 }, { id: 'd', epoch: 4, connected: false });
    await report(service, 'e2:i', { id: 'd', epoch: 6, time: 2_000 });
    await expectNotices('d');
    await service.reportActivity(heard('d', 1_500));
    await service.reportActivity(heard('d', 3_000));
    await expectNotices('d');
    await report(service, 'e2:i', { id: 'd', epoch: 6, connected: false, time: 4_000 });
    await expectNotices('d');
    await report(service, 'e2:i', { id: 'd/m', epoch: 7 });
    await expectNotices('d/m');
  });

  it('come after a process that was killed before it told', async () => {
    const stuck = (log: EventLog): EventLog => {
      const appender = { appendAll: () => new Promise<void>(() => undefined) };
      return Object.create(log, { appender: { value: () => appender } }) as EventLog;
    };
    const killed = await fixture.create({ log: stuck(fixture.ports.log) });
    await report(killed.service, 'e:i', { id: 'd', epoch: 5 });
    expect(fixture.notices).toEqual([]);
    await fixture.start();
    await expectNotices('d');
  });

  it('fail no report where the log refuses them', async () => {
    const refusing = (log: EventLog): EventLog => {
      const appender = { appendAll: () => Promise.reject(new Error('refused')) };
      return Object.create(log, { appender: { value: () => appender } }) as EventLog;
    };
    const { service } = await fixture.create({ log: refusing(fixture.ports.log) });
    expect(await outcome(service.reportActivity(heard('d', 3_000)))).toBe('ok');
    expect((await stateOf(service, 'd'))?.lastActivityTimeMs).toBe(3_000);
  });
});
