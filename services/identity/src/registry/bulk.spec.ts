import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { IdentityFixture, type IdentityService } from '../testing/identity-fixture.js';
import { get, outcome, put, wanted } from '../testing/requests.js';

const { ImportMode, Status } = identity;

let fixture: IdentityFixture;
let service: IdentityService;

beforeAll(async () => {
  fixture = await IdentityFixture.open();
  service = (await fixture.start()).service;
});
afterAll(() => fixture.close());

type Operation = readonly [mode: identity.ImportMode, wish: identity.Identity];

/** The errors of a bulk request: id and name. */
async function bulk(...operations: readonly Operation[]): Promise<string[]> {
  const request = { operations: operations.map(([mode, wish]) => ({ mode, identity: wish })) };
  const { errors } = await service.bulkUpdate(request);
  return errors.map(({ key, errorCode }) => `${key?.deviceId}/${key?.moduleId} ${errorCode}`);
}

describe('bulkUpdate', () => {
  it('creates, updates and deletes a hundred at a time', async () => {
    const wishes = Array.from({ length: 100 }, (_, index) => wanted(`many-${index}`));
    expect(await bulk(...wishes.map((wish): Operation => [ImportMode.CREATE, wish]))).toEqual([]);
    const disabled = wishes.map((wish): Operation => [ImportMode.UPDATE, { ...wish, status: Status.DISABLED }]);
    const { authentication } = await get(service, 'many-7');
    expect(await bulk(...disabled)).toEqual([]);
    expect(await get(service, 'many-7')).toMatchObject({ status: Status.DISABLED, authentication });
    expect(await bulk(...wishes.map((wish): Operation => [ImportMode.DELETE, wish]))).toEqual([]);
    expect(await outcome(get(service, 'many-7'))).toBe('DeviceNotFound');
  });

  it('lets each operation succeed or fail by itself', async () => {
    const { etag } = await put(service, wanted('there'));
    await put(service, wanted('there-too'));
    expect(
      await bulk(
        [ImportMode.CREATE, wanted('there-too')],
        [ImportMode.CREATE, wanted('new')],
        [ImportMode.UPDATE, wanted('absent')],
        [ImportMode.UPDATE_IF_MATCH_ETAG, wanted('there', '', { etag, statusReason: 'yes' })],
        [ImportMode.DELETE_IF_MATCH_ETAG, wanted('new-2', '', { etag })],
        [ImportMode.DELETE, wanted('not/valid')],
        [99 as identity.ImportMode, wanted('odd-mode')],
      ),
    ).toEqual([
      'there-too/ DeviceAlreadyExists',
      'absent/ DeviceNotFound',
      'new-2/ DeviceNotFound',
      'not/valid/ ArgumentInvalid',
      'odd-mode/ ArgumentInvalid',
    ]);
    expect(await get(service, 'there')).toMatchObject({ statusReason: 'yes' });
    expect(await bulk([ImportMode.UPDATE_IF_MATCH_ETAG, wanted('there', '', { etag })])).toEqual([
      'there/ PreconditionFailed',
    ]);
    expect(await bulk([ImportMode.DELETE_IF_MATCH_ETAG, wanted('there')])).toEqual(['there/ PreconditionFailed']);
  });

  it('applies operations of a device and its modules in order, and of one identity the first', async () => {
    expect(
      await bulk(
        [ImportMode.CREATE, wanted('both', 'too-early')],
        [ImportMode.CREATE, wanted('both')],
        [ImportMode.CREATE, wanted('both', 'm')],
        [ImportMode.DELETE, wanted('both')],
      ),
    ).toEqual(['both/too-early DeviceNotFound', 'both/ DeviceDefinedMultipleTimes']);
    expect(await get(service, 'both', 'm')).toMatchObject({ key: { deviceId: 'both', moduleId: 'm' } });
  });

  it('creates or updates where no mode is given', async () => {
    const twice = [ImportMode.UNSPECIFIED, wanted('either', '', { statusReason: 'again' })] as const;
    expect(await bulk(twice)).toEqual([]);
    const { generationId } = await get(service, 'either');
    expect(await bulk(twice)).toEqual([]);
    expect(await get(service, 'either')).toMatchObject({ generationId });
  });

  it('names parents that are there already', async () => {
    const { deviceScope = '' } = await put(service, wanted('bulk-edge', '', { iotEdge: true }));
    expect(
      await bulk(
        [ImportMode.CREATE, wanted('bulk-leaf', '', { deviceScope })],
        [ImportMode.CREATE, wanted('bulk-stray', '', { deviceScope: 'garbage' })],
      ),
    ).toEqual(['bulk-stray/ InvalidDeviceScope']);
  });

  it('takes one to a hundred operations', async () => {
    expect(await outcome(bulk())).toBe('ArgumentInvalid');
    const tooMany = Array.from({ length: 101 }, (_, index): Operation => [ImportMode.CREATE, wanted(`too-${index}`)]);
    expect(await outcome(bulk(...tooMany))).toBe('ArgumentInvalid');
    expect(await outcome(get(service, 'too-0'))).toBe('DeviceNotFound');
  });

  it('loses nothing to single changes of the same devices at the same time', async () => {
    const wishes = Array.from({ length: 20 }, (_, index) => wanted(`busy-${index}`));
    await bulk(...wishes.map((wish): Operation => [ImportMode.CREATE, wish]));
    const modules = wishes.map(({ key }) => wanted(key?.deviceId ?? '', 'm'));
    const [errors] = await Promise.all([
      bulk(...wishes.map((wish): Operation => [ImportMode.UPDATE, { ...wish, statusReason: 'bulk' }])),
      ...modules.map((module) => put(service, module)),
    ]);
    expect(errors).toEqual([]);
    for (const { key } of wishes) {
      expect(await get(service, key?.deviceId ?? '')).toMatchObject({ statusReason: 'bulk' });
      expect(await outcome(get(service, key?.deviceId ?? '', 'm'))).toBe('ok');
    }
  });
});
