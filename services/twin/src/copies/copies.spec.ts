import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identity, type monitoring, type twin } from '@mooring/proto';
import { getTwin, patch, patchOf, report, update } from '../testing/requests.js';
import { TwinFixture } from '../testing/twin-fixture.js';

let fixture: TwinFixture;
let service: twin.TwinService;

beforeEach(async () => {
  fixture = await TwinFixture.open();
  service = (await fixture.start()).service;
  fixture.directory.register('d');
});
afterEach(() => fixture.close());

function state(epoch: number, connected: boolean, time: number, generation = 'g1'): monitoring.State {
  return {
    generationId: generation,
    connected,
    connectionStateUpdatedTimeMs: time,
    lastActivityTimeMs: time,
    epoch,
  };
}

async function isStored(...names: readonly string[]): Promise<boolean> {
  const stored = new Set(await fixture.storedNames());
  return names.every((name) => stored.has(name));
}

describe('the registry', () => {
  it('gives each identity a twin, and takes it away', async () => {
    fixture.directory.register('d/m');
    fixture.directory.register('other');
    await fixture.notify('identity', 'd', 'd/m', 'other', 'd');
    await fixture.until(() => isStored('d', 'd/m', 'other'));
    await report(service, 'd/m', { a: 1 });
    fixture.directory.remove('d');
    fixture.directory.remove('d/m');
    await fixture.notify('identity', 'd');
    await fixture.until(async () => !(await isStored('d')) && !(await isStored('d/m')));
    expect(await fixture.storedNames()).toEqual(['other']);
    expect(fixture.bodiesOf('d/m')).toHaveLength(1);
  });

  it('takes away modules of a device that was made anew, and of which a new twin is there already', async () => {
    fixture.directory.register('d/m');
    await update(service, 'd/m', { tags: { a: 1 } });
    await update(service, 'd', { tags: { a: 1 } });
    fixture.directory.remove('d/m');
    fixture.directory.register('d', 'g2');
    expect((await getTwin(service, 'd')).tags).toEqual({});
    await fixture.notify('identity', 'd');
    await fixture.until(async () => !(await isStored('d/m')));
    expect(await isStored('d')).toBe(true);
  });

  it('changes neither version nor etag of a twin', async () => {
    const before = await getTwin(service, 'd');
    fixture.directory.register('d', 'g1', identity.Status.DISABLED);
    await fixture.notify('identity', 'd');
    await fixture.until(async () => (await getTwin(service, 'd'))['deviceEtag'] === 'etag-2');
    expect(await getTwin(service, 'd')).toEqual({ ...before, status: 'disabled', deviceEtag: 'etag-2' });
  });

  it('is asked again when it can be reached', async () => {
    fixture.directory.unreachable = true;
    await fixture.notify('identity', 'd');
    await fixture.until(() => fixture.directory.calls > 0);
    fixture.directory.unreachable = false;
    await fixture.until(() => isStored('d'));
  });
});

describe('connection states', () => {
  it('are of the newest connection, whoever tells first', async () => {
    fixture.monitoring.states.set('d', state(7, true, 7_000));
    await fixture.notify('connection', 'd');
    await fixture.until(async () => (await getTwin(service, 'd'))['connectionState'] === 'Connected');
    await update(service, 'd', { tags: { a: 1 } });
    fixture.monitoring.states.set('d', state(6, false, 9_000));
    await fixture.notify('connection', 'd');
    const seen = async () => (await getTwin(service, 'd'))['lastActivityTime'];
    await fixture.until(async () => (await seen()) === new Date(9_000).toISOString());
    expect(await getTwin(service, 'd')).toMatchObject({ connectionState: 'Connected', version: 3 });
    fixture.monitoring.states.set('d', state(7, false, 7_000));
    await fixture.notify('connection', 'd');
    await fixture.until(async () => (await getTwin(service, 'd'))['connectionState'] === 'Disconnected');
  });

  it('are none of another generation', async () => {
    await getTwin(service, 'd');
    fixture.monitoring.states.set('d', state(7, true, 7_000, 'g0'));
    fixture.monitoring.states.set('e', state(7, true, 7_000));
    fixture.directory.register('e');
    await fixture.notify('connection', 'd', 'nobody', 'e');
    await fixture.until(async () => (await getTwin(service, 'e'))['connectionState'] === 'Connected');
    expect(await getTwin(service, 'd')).toMatchObject({ connectionState: 'Disconnected' });
  });

  it('hold up no other copies while monitoring cannot be reached', async () => {
    fixture.monitoring.unreachable = true;
    fixture.monitoring.states.set('d', state(7, true, 7_000));
    fixture.counts.set('d', 3);
    await fixture.notify('connection', 'd');
    await fixture.notify('identity', 'd');
    await fixture.notify('queue', 'd');
    await fixture.until(async () => (await getTwin(service, 'd'))['cloudToDeviceMessageCount'] === 3);
    await fixture.until(() => isStored('d'));
    expect(await getTwin(service, 'd')).toMatchObject({ connectionState: 'Disconnected' });
    fixture.monitoring.unreachable = false;
    await fixture.until(async () => (await getTwin(service, 'd'))['connectionState'] === 'Connected');
  });
});

it('copies come between changes, and take none away', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `d${index}`);
  for (const name of names) {
    fixture.directory.register(name);
    fixture.monitoring.states.set(name, state(1, true, 1_000));
  }
  const copied = fixture.notify('connection', ...names);
  for (let round = 0; round < 5; round++) {
    await patch(service, ...names.map((name) => patchOf(name, { round })));
  }
  await copied;
  await fixture.until(async () => (await getTwin(service, 'd19'))['connectionState'] === 'Connected');
  expect((await getTwin(service, 'd19')).properties.reported).toMatchObject({ round: 4, $version: 6 });
});
