import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { IdentityFixture, until } from '../testing/identity-fixture.js';
import { outcome, put, remove, wanted } from '../testing/requests.js';
import { killedBeforeTelling, withTopicAtRest } from '../testing/slow-log.js';

const { ImportMode, Status } = identity;

let fixture: IdentityFixture;

beforeEach(async () => {
  fixture = await IdentityFixture.open();
});
afterEach(() => fixture.close());

/** Of one write, once nothing waits any more: what does is taken up into the next notice. */
async function expectNotices(write: Promise<unknown>, ...expected: readonly string[]): Promise<void> {
  const before = fixture.notices.length;
  await write;
  await untilAllIsTold();
  await until(() => fixture.notices.length >= before + expected.length);
  expect(fixture.notices.slice(before).sort()).toEqual(expected);
}

async function untilAllIsTold(): Promise<void> {
  const devices = await fixture.documents.collection({ name: 'devices', indexes: [['pendingSince'], ['status']] });
  await until(async () => (await devices.count({ pendingSince: { $gt: 0 } })) === 0);
}

describe('notices of changes', () => {
  it('are given once for each identity that a write changes', async () => {
    const { service } = await fixture.start();
    await expectNotices(put(service, wanted('d')), 'd');
    await expectNotices(put(service, wanted('d', '', { statusReason: 'no credentials' }), '*'), 'd');
    await expectNotices(put(service, wanted('d', 'm')), 'd/m');
    await expectNotices(put(service, wanted('d', 'm', { managedBy: 'them' }), '*'), 'd/m');
    await expectNotices(put(service, wanted('d', 'n')), 'd/n');
    const disabling = put(service, wanted('d', '', { status: Status.DISABLED }), '*');
    await expectNotices(disabling, 'd', 'd/m', 'd/n');
    await expectNotices(remove(service, 'd', 'n'), 'd/n');
    expect(await outcome(put(service, wanted('d', 'm'), 'other'))).toBe('PreconditionFailed');
    await expectNotices(remove(service, 'd'), 'd');
    await expectNotices(put(service, wanted('d', '', { iotEdge: true })), 'd', 'd/$edgeAgent', 'd/$edgeHub');
  });

  it('are given for changes in bulk, of one device in one write', async () => {
    const { service } = await fixture.start();
    const create = (deviceId: string, moduleId = '') => ({
      mode: ImportMode.CREATE,
      identity: wanted(deviceId, moduleId),
    });
    const operations = [create('a'), create('a', 'm'), create('b'), create('b'), create('a', 'n')];
    await expectNotices(service.bulkUpdate({ operations }), 'a', 'a/m', 'a/n', 'b');
    const more = [{ mode: ImportMode.DELETE, identity: wanted('a') }, create('c', 'm'), create('b', 'm')];
    await expectNotices(service.bulkUpdate({ operations: more }), 'a', 'b/m');
  });

  it('are given by the next process if this one is killed before, those of one device together', async () => {
    const killed = await fixture.create(killedBeforeTelling);
    for (const [deviceId, moduleId] of [['d'], ['d', 'm'], ['d', 'm2'], ['gone']] as const) {
      await put(killed.service, wanted(deviceId, moduleId));
    }
    await put(killed.service, wanted('d', 'm', { managedBy: 'them' }), '*');
    await remove(killed.service, 'd', 'm2');
    await remove(killed.service, 'gone');
    await fixture.start();
    await untilAllIsTold();
    expect([...fixture.notices].sort()).toEqual(['d', 'd/m', 'd/m2', 'gone']);
  });

  it('may be held up as long as they like, and hold up neither the registry nor what else is told', async () => {
    const { service } = await fixture.create({ log: withTopicAtRest('.changes'), killed: true });
    await put(service, wanted('d'));
    for (let round = 0; round < 300; round++) {
      await put(service, wanted('d', '', { statusReason: `${round}` }), '*');
    }
    await put(service, wanted('d', '', { status: Status.DISABLED }), '*');
    await until(() => fixture.changesOf('d').length === 2);
    expect(fixture.notices).toEqual([]);
  });
});
