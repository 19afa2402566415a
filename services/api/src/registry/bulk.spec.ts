import { describe, expect, it, jest } from '@jest/globals';
import { identity } from '@mooring/proto';
import { sharedApi } from '../spec-support/shared-api.js';
import { VERSION } from '../spec-support/test-api.js';

const expecting = sharedApi();

async function post(body: unknown, errors: identity.BulkError[] = []) {
  const bulkUpdate = jest.fn(async (_request: identity.BulkUpdateRequest) => ({ errors }));
  const { request } = expecting({ bulkUpdate });
  const response = await request({
    method: 'POST',
    url: `/devices?${VERSION}`,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });
  return { response, operations: bulkUpdate.mock.calls[0]?.[0].operations };
}

describe('POST /devices', () => {
  it.each([
    ['create', identity.ImportMode.CREATE],
    ['Update', identity.ImportMode.UPDATE],
    ['updateIfMatchETag', identity.ImportMode.UPDATE_IF_MATCH_ETAG],
    ['DELETE', identity.ImportMode.DELETE],
    ['deleteifmatchetag', identity.ImportMode.DELETE_IF_MATCH_ETAG],
    ['createOrUpdate', identity.ImportMode.UNSPECIFIED],
    [undefined, identity.ImportMode.UNSPECIFIED],
  ])('takes the mode %p', async (importMode, mode) => {
    const { response, operations } = await post([
      { id: 'd1', moduleId: 'm1', importMode, eTag: '"AAE="', status: 'disabled' },
    ]);
    expect([response.statusCode, response.json()]).toEqual([200, { isSuccessful: true, errors: [], warnings: [] }]);
    expect(operations).toEqual([
      {
        mode,
        identity: {
          ...identity.Identity.fromPartial({ key: { deviceId: 'd1', moduleId: 'm1' }, etag: 'AAE=' }),
          authentication: undefined,
          status: identity.Status.DISABLED,
        },
      },
    ]);
  });

  it('tells what failed, and succeeds with the rest', async () => {
    const key = { deviceId: 'd1', moduleId: '' };
    const { response } = await post(
      [{ id: 'd1', importMode: 'create' }],
      [
        { key, errorCode: 'DeviceAlreadyExists', errorStatus: 'It is there.', mode: identity.ImportMode.CREATE },
        {
          key: { deviceId: 'd2', moduleId: 'm' },
          errorCode: 'ModuleNotFound',
          errorStatus: 'It is not.',
          mode: identity.ImportMode.DELETE_IF_MATCH_ETAG,
        },
      ],
    );
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      isSuccessful: false,
      errors: [
        { deviceId: 'd1', errorCode: 'DeviceAlreadyExists', errorStatus: 'It is there.', operation: 'create' },
        {
          deviceId: 'd2',
          moduleId: 'm',
          errorCode: 'ModuleNotFound',
          errorStatus: 'It is not.',
          operation: 'deleteIfMatchETag',
        },
      ],
      warnings: [],
    });
  });

  it('warns where a twin came with a device', async () => {
    const failed = {
      key: { deviceId: 'd4', moduleId: '' },
      errorCode: 'DeviceAlreadyExists',
      errorStatus: 'It is there.',
      mode: identity.ImportMode.CREATE,
    };
    const { response } = await post(
      [
        { id: 'd1', importMode: 'create', tags: { floor: 1 } },
        { id: 'd2', importMode: 'create', tags: null },
        { id: 'd3', importMode: 'update', properties: { desired: {} } },
        { id: 'd4', importMode: 'create', tags: { floor: 1 } },
      ],
      [failed],
    );
    expect(response.json()).toMatchObject({
      warnings: [{ deviceId: 'd1', warningCode: 'DeviceRegisteredWithoutTwin' }],
    });
  });

  it('takes a hundred', async () => {
    const { operations } = await post(Array.from({ length: 100 }, (_, id) => ({ id: `d${id}`, importMode: 'delete' })));
    expect(operations).toHaveLength(100);
  });

  it.each([
    ['none', [], 'The body'],
    ['too many', Array.from({ length: 101 }, (_, id) => ({ id: `d${id}`, importMode: 'create' })), 'The body'],
    ['no list', { id: 'd1', importMode: 'create' }, 'The body'],
    ['no id', [{ importMode: 'create' }], '0.id'],
    ['an unknown mode', [{ id: 'd1', importMode: 'updateTwin' }], '0.importMode'],
    ['a malformed entity tag', [{ id: 'd1', importMode: 'create', eTag: 'a,b' }], '0.eTag'],
  ])('refuses %s', async (_case, body, field) => {
    const { response, operations } = await post(body);
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([400, 'ArgumentInvalid']);
    expect(response.json().Message).toContain(`;${field} is invalid: `);
    expect(operations).toBeUndefined();
  });
});
