import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DocumentStoreError } from '@mooring/document-store';
import { identity } from '@mooring/proto';
import { IdentityFixture, type IdentityProcess } from '../testing/identity-fixture.js';
import { KEY_A, KEY_B, outcome, put, remove, wanted } from '../testing/requests.js';

const { ImportMode } = identity;

let fixture: IdentityFixture;
let running: IdentityProcess;

beforeEach(async () => {
  fixture = await IdentityFixture.open();
  running = await fixture.start();
});
afterEach(() => fixture.close());

function recorded(): string[] {
  return fixture.operations.map(({ operationName, deviceId, moduleId, level, resultType }) =>
    [operationName, moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`, level, resultType ?? 'ok'].join(' '),
  );
}

it('records changes of one identity, and those that failed with their numbers', async () => {
  const { service } = running;
  await put(service, wanted('d', '', { authentication: { primaryKey: KEY_A, secondaryKey: KEY_B } }));
  await put(service, wanted('d', 'm'));
  await put(service, wanted('d'), '*');
  await outcome(put(service, wanted('d')));
  await outcome(put(service, wanted('d'), '"other"'));
  await outcome(put(service, wanted('white space'.repeat(50))));
  await remove(service, 'd', 'm');
  await outcome(remove(service, 'd', '', ''));
  await remove(service, 'd');
  await outcome(remove(service, 'd'));
  const long = 'white space'.repeat(50).slice(0, 128);
  expect(recorded()).toEqual([
    'create d Information ok',
    'create d/m Information ok',
    'update d Information ok',
    'create d Error 409001',
    'update d Error 412001',
    `create ${long} Error 400004`,
    'delete d/m Information ok',
    'delete d Error 412001',
    'delete d Information ok',
    'delete d Error 404001',
  ]);
  expect(new Set(fixture.operations.map(({ category }) => category))).toEqual(new Set(['DeviceIdentityOperations']));
  expect(fixture.operations.at(-1)).toMatchObject({
    resultDescription: expect.stringContaining('d'),
    durationMs: expect.any(Number),
  });
  expect(JSON.stringify(fixture.operations)).not.toContain(KEY_A);
});

it('records each change of a bulk request by itself', async () => {
  const operations = [
    { mode: ImportMode.CREATE, identity: wanted('a') },
    { mode: ImportMode.UNSPECIFIED, identity: wanted('b') },
    { mode: ImportMode.DELETE, identity: wanted('missing') },
    { mode: ImportMode.CREATE, identity: wanted('a') },
    { mode: ImportMode.UPDATE, identity: undefined },
  ];
  await running.service.bulkUpdate({ operations });
  expect(recorded()).toEqual([
    'create a Information ok',
    'createOrUpdate b Information ok',
    'delete missing Error 404001',
    'create a Error 400011',
    'update  Error 400005',
  ]);
  expect(fixture.operations.map(({ properties }) => properties)).toEqual(operations.map(() => ({ bulk: 'true' })));
});

it('records that the store was away, and that the hub itself failed, without more words', async () => {
  const failing = (error: Error) =>
    fixture.create({
      documents: (documents) =>
        Object.assign(Object.create(documents), { collection: async () => ({ get: () => Promise.reject(error) }) }),
      killed: true,
    });
  const away = await failing(new DocumentStoreError('unavailable', 'secret address'));
  await outcome(put(away.service, wanted('d')));
  const broken = await failing(new TypeError('secret state'));
  await outcome(put(broken.service, wanted('d')));
  expect(recorded()).toEqual(['create d Error 503001', 'create d Error 500001']);
  expect(JSON.stringify(fixture.operations)).not.toContain('secret');
});
