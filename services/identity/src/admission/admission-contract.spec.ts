import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { IdentityFixture, type IdentityService, until } from '../testing/identity-fixture.js';
import { credentials, KEY_A, KEY_B, outcome, put, remove, SHA1, SHA256, wanted } from '../testing/requests.js';
import { MAX_BATCH } from './admission-contract.js';

const { AuthenticationType, Status } = identity;
const KEYS = { type: AuthenticationType.SAS, primaryKey: KEY_A, secondaryKey: KEY_B };

let fixture: IdentityFixture;
let service: IdentityService;

beforeAll(async () => {
  fixture = await IdentityFixture.open();
  service = (await fixture.start()).service;
});
afterAll(() => fixture.close());

describe('resolveCredentials', () => {
  it('answers for devices and modules in the order of the keys, absent ones among them', async () => {
    const device = await put(service, wanted('d', '', { authentication: KEYS }));
    const module = await put(service, wanted('d', 'm', { authentication: { primaryThumbprint: SHA1 } }));
    const keys = [
      { deviceId: 'd', moduleId: 'm' },
      { deviceId: 'absent', moduleId: '' },
      { deviceId: 'd', moduleId: '' },
      { deviceId: 'd', moduleId: 'absent' },
      { deviceId: 'a/b', moduleId: '' },
      { deviceId: '', moduleId: '' },
      { deviceId: 'd', moduleId: '' },
    ];
    const answer = await service.resolveCredentials({ keys });
    expect(answer.credentials.map(({ key, found }) => [key, found])).toEqual(
      keys.map((key, place) => [key, [0, 2, 6].includes(place)]),
    );
    expect(answer.credentials[2]).toMatchObject({
      generationId: device.generationId,
      enabled: true,
      authentication: KEYS,
      session: undefined,
    });
    expect(answer.credentials[0]).toMatchObject({
      generationId: module.generationId,
      authentication: { type: AuthenticationType.SELF_SIGNED, primaryThumbprint: SHA1 },
    });
  });

  it('tells a greater version after each change that matters, and only then', async () => {
    await put(service, wanted('v', '', { authentication: KEYS }));
    const created = await credentials(service, 'v');
    await put(service, wanted('v', '', { authentication: KEYS, statusReason: 'same keys' }), '*');
    expect((await credentials(service, 'v')).version).toBe(created.version);
    const versions = [created.version];
    const changes = [
      { status: Status.DISABLED },
      { status: Status.ENABLED },
      { authentication: { ...KEYS, primaryKey: KEY_B } },
      { authentication: { type: AuthenticationType.SELF_SIGNED, secondaryThumbprint: SHA256 } },
      { authentication: { type: AuthenticationType.CERTIFICATE_AUTHORITY } },
    ];
    for (const change of changes) {
      await put(service, wanted('v', '', change), '*');
      versions.push((await credentials(service, 'v')).version);
    }
    expect(versions).toEqual([...new Set(versions)].sort((left, right) => left - right));
  });

  it('takes a module for changed and disabled when its device is', async () => {
    await put(service, wanted('owner', '', { authentication: KEYS }));
    await put(service, wanted('owner', 'm', { authentication: KEYS }));
    const before = await credentials(service, 'owner', 'm');
    await put(service, wanted('owner', '', { status: Status.DISABLED }), '*');
    const disabled = await credentials(service, 'owner', 'm');
    expect(disabled).toMatchObject({ found: true, enabled: false });
    expect(disabled.version).toBeGreaterThan(before.version);
    await put(service, wanted('owner', 'm', { authentication: { ...KEYS, primaryKey: KEY_B } }), '*');
    const rekeyed = await credentials(service, 'owner', 'm');
    expect(rekeyed.version).toBeGreaterThan(disabled.version);
    expect((await credentials(service, 'owner')).version).toBe(disabled.version);
    await until(() => fixture.changesOf('owner', 'm').length === 2);
    expect(fixture.changesOf('owner', 'm')[1]).toMatchObject({ version: rekeyed.version });
  });

  it('goes on above the versions of a device that had the same id', async () => {
    await put(service, wanted('again'));
    const first = await credentials(service, 'again');
    await remove(service, 'again');
    expect(await credentials(service, 'again')).toMatchObject({ found: false, version: 0 });
    await put(service, wanted('again'));
    expect((await credentials(service, 'again')).version).toBeGreaterThan(first.version);
  });

  it('takes thousands in one call, and not more than it says', async () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => ({ deviceId: `k${index}`, moduleId: '' }));
    await put(service, wanted('k4999'));
    const answer = await service.resolveCredentials({ keys });
    expect(answer.credentials.filter(({ found }) => found).map(({ key }) => key?.deviceId)).toEqual(['k4999']);
    const tooMany = Array.from({ length: MAX_BATCH + 1 }, () => ({ deviceId: 'k', moduleId: '' }));
    expect(await outcome(service.resolveCredentials({ keys: tooMany }))).toBe('ArgumentInvalid');
  });
});

describe('putSessions', () => {
  const filters = { 'devices/s/messages/devicebound/#': 1, '$iothub/twin/res/#': 0 };

  async function device(id: string): Promise<string> {
    return (await put(service, wanted(id))).generationId;
  }

  function write(deviceId: string, generationId: string, epoch: number, more: Partial<identity.SessionWrite> = {}) {
    const session = { epoch, subscriptions: filters };
    return { key: { deviceId, moduleId: '' }, generationId, session, discard: false, ...more };
  }

  it('keeps the subscriptions of the connection with the greatest epoch', async () => {
    const generationId = await device('s');
    expect(await service.putSessions({ writes: [write('s', generationId, 10)] })).toEqual({ written: [true] });
    expect((await credentials(service, 's')).session).toEqual({ epoch: 10, subscriptions: filters });
    const older = write('s', generationId, 9, { session: { epoch: 9, subscriptions: {} } });
    expect(await service.putSessions({ writes: [older] })).toEqual({ written: [false] });
    expect((await credentials(service, 's')).session?.subscriptions).toEqual(filters);
    const same = write('s', generationId, 10, { session: { epoch: 10, subscriptions: {} } });
    expect(await service.putSessions({ writes: [same] })).toEqual({ written: [true] });
    expect((await credentials(service, 's')).session).toEqual({ epoch: 10, subscriptions: {} });
  });

  it('leaves a fence when a session is discarded', async () => {
    const generationId = await device('fence');
    await service.putSessions({ writes: [write('fence', generationId, 20)] });
    const discard = write('fence', generationId, 21, { discard: true });
    expect(await service.putSessions({ writes: [discard] })).toEqual({ written: [true] });
    expect((await credentials(service, 'fence')).session).toBeUndefined();
    expect(await service.putSessions({ writes: [write('fence', generationId, 20)] })).toEqual({ written: [false] });
    expect((await credentials(service, 'fence')).session).toBeUndefined();
    expect(await service.putSessions({ writes: [write('fence', generationId, 22)] })).toEqual({ written: [true] });
  });

  it('knows no session of another generation, and refuses to write one', async () => {
    const first = await device('gen');
    await service.putSessions({ writes: [write('gen', first, 1_000)] });
    await remove(service, 'gen');
    expect(await service.putSessions({ writes: [write('gen', first, 1_001)] })).toEqual({ written: [false] });
    const second = await device('gen');
    expect((await credentials(service, 'gen')).session).toBeUndefined();
    expect(
      await service.putSessions({
        writes: [write('gen', first, 1_002), write('gen', second, 1), write('none', '1', 1)],
      }),
    ).toEqual({ written: [false, true, false] });
    expect((await credentials(service, 'gen')).session?.epoch).toBe(1);
  });

  it('applies several writes of one session in their order', async () => {
    const generationId = await device('order');
    const writes = [3, 5, 4].map((epoch) => write('order', generationId, epoch));
    expect(await service.putSessions({ writes })).toEqual({ written: [true, true, false] });
    expect((await credentials(service, 'order')).session?.epoch).toBe(5);
  });

  it('ends with the greatest epoch, whoever writes at the same time', async () => {
    const generationId = await device('storm');
    const epochs = Array.from({ length: 40 }, (_, index) => ((index * 17) % 40) + 1);
    await Promise.all(epochs.map((epoch) => service.putSessions({ writes: [write('storm', generationId, epoch)] })));
    expect((await credentials(service, 'storm')).session?.epoch).toBe(40);
  });

  it('keeps filters that are names of JavaScript, or anything else', async () => {
    const generationId = await device('odd');
    const subscriptions = JSON.parse('{"__proto__":1,"constructor":0,"a.b/$c":1}') as Record<string, number>;
    await service.putSessions({ writes: [write('odd', generationId, 1, { session: { epoch: 1, subscriptions } })] });
    const kept = (await credentials(service, 'odd')).session?.subscriptions ?? {};
    expect(Object.entries(kept)).toEqual([
      ['__proto__', 1],
      ['constructor', 0],
      ['a.b/$c', 1],
    ]);
  });

  it('refuses what no listener would grant', async () => {
    const generationId = await device('bad');
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`f${index}`, 0]));
    const bad = [
      { epoch: 1, subscriptions: { f: 2 } },
      { epoch: -1, subscriptions: {} },
      { epoch: 0.5, subscriptions: {} },
      { epoch: 1, subscriptions: many },
      { epoch: 1, subscriptions: { ['f'.repeat(3_000)]: 1 } },
    ];
    for (const session of bad) {
      const writes = [write('bad', generationId, 1, { session })];
      expect(await outcome(service.putSessions({ writes }))).toBe('ArgumentInvalid');
    }
  });
});
