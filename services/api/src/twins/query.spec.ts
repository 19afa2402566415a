import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HubError } from '@mooring/errors';
import type { twin } from '@mooring/proto';
import type { ServiceCalls } from '../spec-support/fake-services.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

const QUERY = 'SELECT * FROM devices';

const services: ServiceCalls = {};
let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { services });
});
afterAll(() => api.close());

function answering(page: Partial<twin.QueryTwinsResponse>) {
  const queryTwins = jest.fn<twin.TwinService['queryTwins']>(async () => ({
    itemType: 'Twin',
    items: [],
    continuation: '',
    ...page,
  }));
  services.twin = { queryTwins };
  return queryTwins;
}

const ask = (body: unknown = { query: QUERY }, headers: Record<string, string> = {}) =>
  api.request({
    method: 'POST',
    url: `/devices/query?${VERSION}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  });

describe('a query', () => {
  it('gives items as they are, and where to go on', async () => {
    const queryTwins = answering({
      items: ['{"a": 1.0}', '2', '{}'].map((item) => Buffer.from(item)),
      continuation: 'n',
    });
    const response = await ask({ query: QUERY }, { 'x-ms-max-item-count': '3', 'x-ms-continuation': 'c' });
    expect(queryTwins).toHaveBeenCalledWith({ query: QUERY, pageSize: 3, continuation: 'c' });
    expect([response.statusCode, response.body]).toEqual([200, '[{"a": 1.0},2,{}]']);
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-ms-item-type': 'Twin',
      'x-ms-continuation': 'n',
    });
  });

  it('has no continuation on its last page, however empty', async () => {
    const queryTwins = answering({ itemType: 'Raw' });
    const response = await ask();
    expect(queryTwins).toHaveBeenCalledWith({ query: QUERY, pageSize: 0, continuation: '' });
    expect([response.body, response.headers['x-ms-item-type']]).toEqual(['[]', 'Raw']);
    expect(response.headers).not.toHaveProperty('x-ms-continuation');
  });

  it.each([
    [{}, {}],
    [{ query: 1 }, {}],
    [{ query: '' }, {}],
    [[], {}],
    [{ query: QUERY }, { 'x-ms-max-item-count': '0' }],
    [{ query: QUERY }, { 'x-ms-max-item-count': '1001' }],
    [{ query: QUERY }, { 'x-ms-max-item-count': '1e2' }],
    [{ query: QUERY }, { 'x-ms-max-item-count': '-1' }],
  ])('is refused: %j, %j', async (body, headers) => {
    services.twin = {};
    const response = await ask(body, headers as Record<string, string>);
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([400, 'ArgumentInvalid']);
  });

  it('fails as the service does', async () => {
    services.twin = { queryTwins: () => Promise.reject(new HubError('ArgumentInvalid', 'At 1:8: what is this?')) };
    expect((await ask({ query: 'SELECT' })).json().Message).toBe('ErrorCode:ArgumentInvalid;At 1:8: what is this?');
  });
});
