import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANNOTATION } from '@mooring/messages';
import { control, identity } from '@mooring/proto';
import { IdentityFixture, until } from '../testing/identity-fixture.js';
import { credentials, defined, get, KEY_A, KEY_B, outcome, put, remove, wanted } from '../testing/requests.js';
import { killedBeforeTelling, withAppends, withTopicAtRest } from '../testing/slow-log.js';

const { CredentialsChanged_Reason: Reason } = control;
const { Status } = identity;

let fixture: IdentityFixture;

beforeEach(async () => {
  fixture = await IdentityFixture.open();
});
afterEach(() => fixture.close());

async function leftPending(): Promise<number> {
  const devices = await fixture.documents.collection({ name: 'devices', indexes: [['pendingSince'], ['status']] });
  return devices.count({ pendingSince: { $gt: 0 } });
}

async function documentCount(): Promise<number> {
  const devices = await fixture.documents.collection({ name: 'devices', indexes: [['pendingSince'], ['status']] });
  return devices.count({});
}

async function sessionCount(): Promise<number> {
  return (await fixture.documents.collection({ name: 'sessions', indexes: [] })).count({});
}

describe('life-cycle events', () => {
  it('carry the stamps and properties that Azure gives them', async () => {
    const { service } = await fixture.start();
    const { generationId } = await put(service, wanted('d'));
    await until(() => fixture.lifecycle.length === 1);
    const message = defined(fixture.lifecycle[0]);
    expect(Object.fromEntries(message.annotations)).toEqual({
      [ANNOTATION.deviceId]: 'd',
      [ANNOTATION.generationId]: generationId,
      [ANNOTATION.messageSource]: 'deviceLifecycleEvents',
      [ANNOTATION.enqueuedTime]: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(message.properties).toEqual({
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      userId: 'hub',
      correlationId: expect.stringMatching(/^[0-9a-f]+$/),
    });
    expect(Object.fromEntries(message.applicationProperties)).toEqual({
      hubName: 'hub',
      deviceId: 'd',
      operationTimestamp: message.annotations.get(ANNOTATION.enqueuedTime),
      opType: 'createDeviceIdentity',
      'iothub-message-schema': 'deviceLifecycleNotification',
    });
    expect(JSON.parse(message.body.toString())).toMatchObject({
      deviceId: 'd',
      status: 'enabled',
      authenticationType: 'sas',
      version: 2,
      properties: { desired: { $version: 1 }, reported: { $version: 1 } },
    });
  });

  it('come in order, for modules too, and hold no key', async () => {
    const { service } = await fixture.start();
    await put(service, wanted('d', '', { authentication: { primaryKey: KEY_A, secondaryKey: KEY_B } }));
    await put(service, wanted('d', 'm', { authentication: { primaryKey: KEY_A, secondaryKey: KEY_B } }));
    await remove(service, 'd', 'm');
    await remove(service, 'd');
    await until(() => fixture.operationsOf('d').length === 4);
    expect(fixture.operationsOf('d')).toEqual([
      'createDeviceIdentity',
      'createModuleIdentity',
      'deleteModuleIdentity',
      'deleteDeviceIdentity',
    ]);
    const [, ofModule] = fixture.lifecycle;
    expect(ofModule?.annotations.get(ANNOTATION.moduleId)).toBe('m');
    expect(ofModule?.applicationProperties.get('moduleId')).toBe('m');
    const bodies = fixture.lifecycle.map(({ body }) => body.toString()).join();
    expect(bodies).not.toContain(KEY_A);
    expect(bodies).not.toContain(KEY_B);
  });
});

describe('broadcasts', () => {
  it('tell each change of credentials once, with the version that a look-up tells', async () => {
    const { service } = await fixture.start();
    const { generationId } = await put(service, wanted('d'));
    await put(service, wanted('d', '', { statusReason: 'nothing that matters' }), '*');
    await put(service, wanted('d', '', { status: Status.DISABLED }), '*');
    const disabled = await credentials(service, 'd');
    await put(service, wanted('d', '', { status: Status.ENABLED }), '*');
    await put(service, wanted('d', '', { authentication: { primaryKey: KEY_A, secondaryKey: KEY_B } }), '*');
    await remove(service, 'd');
    await until(() => fixture.changesOf('d').length === 5);
    const changes = fixture.changesOf('d');
    expect(changes.map(({ reason }) => reason)).toEqual([
      Reason.ADMITTED,
      Reason.DISABLED,
      Reason.ADMITTED,
      Reason.REKEYED,
      Reason.DELETED,
    ]);
    expect(changes[1]).toMatchObject({ generationId, version: disabled.version });
    const versions = changes.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((left, right) => left - right));
  });

  it('are not held up by a partition of ingress that stands still', async () => {
    const { service } = await fixture.start({ log: withTopicAtRest('.ingress') });
    await put(service, wanted('d'));
    await put(service, wanted('d', '', { status: Status.DISABLED }), '*');
    await until(() => fixture.changesOf('d').length === 2);
    expect(fixture.operationsOf('d')).toEqual([]);
  });

  it('beat', async () => {
    await fixture.start();
    await until(() => fixture.beats > 0);
  });
});

describe('what is pending', () => {
  it('is removed once it is told, without a change of the entity tag', async () => {
    const { service } = await fixture.start();
    const { etag } = await put(service, wanted('d', '', { iotEdge: true }));
    await until(async () => (await leftPending()) === 0);
    expect((await get(service, 'd')).etag).toBe(etag);
    expect(fixture.operationsOf('d')).toEqual(['createDeviceIdentity', 'createModuleIdentity', 'createModuleIdentity']);
  });

  it('is told by the next process if this one is killed before', async () => {
    const killed = await fixture.create(killedBeforeTelling);
    await put(killed.service, wanted('d'));
    await put(killed.service, wanted('d', 'm'));
    await put(killed.service, wanted('d', '', { status: Status.DISABLED }), '*');
    expect(fixture.lifecycle).toEqual([]);
    await fixture.start();
    await until(async () => (await leftPending()) === 0);
    expect(fixture.operationsOf('d')).toEqual(['createDeviceIdentity', 'createModuleIdentity']);
    expect(fixture.changesOf('d').map(({ reason }) => reason)).toEqual([Reason.ADMITTED, Reason.DISABLED]);
    expect(fixture.changesOf('d', 'm').map(({ reason }) => reason)).toEqual([Reason.ADMITTED]);
  });

  it('is found by another process that runs meanwhile', async () => {
    const running = await fixture.start();
    const killed = await fixture.create(killedBeforeTelling);
    await put(killed.service, wanted('left'));
    await until(() => fixture.operationsOf('left').length > 0);
    expect((await get(running.service, 'left')).key?.deviceId).toBe('left');
  });

  it('is told again, in order, after the log refused it', async () => {
    let refusals = 3;
    const log = withAppends((_topic, append) => (refusals-- > 0 ? Promise.reject(new Error('refused')) : append()));
    const { service } = await fixture.create({ log });
    await put(service, wanted('d'));
    await put(service, wanted('d', 'm'));
    await until(async () => (await leftPending()) === 0);
    expect([...new Set(fixture.operationsOf('d'))]).toEqual(['createDeviceIdentity', 'createModuleIdentity']);
  });

  it('may not grow without end while the log is gone', async () => {
    const { service } = await fixture.create(killedBeforeTelling);
    await put(service, wanted('d'));
    let last = 'ok';
    for (let round = 0; round < 300 && last === 'ok'; round++) {
      const status = round % 2 === 0 ? Status.DISABLED : Status.ENABLED;
      last = await outcome(put(service, wanted('d', '', { status }), '*'));
    }
    expect(last).toBe('ServiceUnavailable');
    expect(await outcome(get(service, 'd'))).toBe('ok');
  });
});

describe('a tombstone', () => {
  it('stays until its events are told, then goes with its sessions', async () => {
    const killed = await fixture.create(killedBeforeTelling);
    const { generationId } = await put(killed.service, wanted('d'));
    const module = await put(killed.service, wanted('d', 'm'));
    const session = { epoch: 1, subscriptions: {} };
    await killed.service.putSessions({
      writes: [
        { key: { deviceId: 'd', moduleId: '' }, generationId, session, discard: false },
        { key: { deviceId: 'd', moduleId: 'm' }, generationId: module.generationId, session, discard: false },
      ],
    });
    expect(await sessionCount()).toBe(2);
    await remove(killed.service, 'd');
    expect(await outcome(get(killed.service, 'd'))).toBe('DeviceNotFound');
    expect((await killed.service.listDevices({ pageSize: 10, pageToken: '' })).devices).toEqual([]);
    expect(await documentCount()).toBe(1);
    await fixture.start();
    await until(async () => (await documentCount()) === 0);
    expect(await sessionCount()).toBe(0);
    expect(fixture.operationsOf('d').at(-1)).toBe('deleteDeviceIdentity');
  });

  it('hands its events on to a device that is created over it', async () => {
    const killed = await fixture.create(killedBeforeTelling);
    const first = await put(killed.service, wanted('d'));
    await remove(killed.service, 'd');
    const second = await put(killed.service, wanted('d'));
    const session = { epoch: 1, subscriptions: {} };
    const key = { deviceId: 'd', moduleId: '' };
    const { generationId } = second;
    await killed.service.putSessions({ writes: [{ key, generationId, session, discard: false }] });
    const { service } = await fixture.start();
    await until(async () => (await leftPending()) === 0);
    expect(fixture.operationsOf('d')).toEqual(['createDeviceIdentity', 'deleteDeviceIdentity', 'createDeviceIdentity']);
    expect(fixture.lifecycle.map(({ annotations }) => annotations.get(ANNOTATION.generationId))).toEqual([
      first.generationId,
      first.generationId,
      generationId,
    ]);
    expect(await credentials(service, 'd')).toMatchObject({ found: true, generationId, session: { epoch: 1 } });
  });
});
