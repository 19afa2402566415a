import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HubError } from '@mooring/errors';
import type { monitoring } from '@mooring/proto';
import { startApi, type TestApi } from '../spec-support/test-api.js';

type ListOperations = monitoring.MonitoringService['listOperations'];

const RECORD = { schema: 1, id: '1', deviceId: 'd', category: 'Connections', fieldOfLater: { x: 1 } };
const ALL = { deviceId: '', category: '', fromMs: 0, untilMs: 0, pageSize: 100, pageToken: '' };

const listOperations = jest.fn<ListOperations>();
let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { monitoring: { listOperations } });
});
beforeEach(() => {
  listOperations.mockReset();
  listOperations.mockResolvedValue({ records: [], nextPageToken: '' });
});
afterAll(() => api.close());

describe('GET /management/operations', () => {
  it('answers records as they are, and how to continue', async () => {
    listOperations.mockResolvedValue({ records: [JSON.stringify(RECORD)], nextPageToken: 'next' });
    const response = await api.request({ url: '/management/operations' });
    expect(response.json()).toEqual({ operations: [RECORD], continuation: 'next' });
    expect(listOperations).toHaveBeenCalledWith(ALL);
    listOperations.mockResolvedValue({ records: [], nextPageToken: '' });
    expect((await api.request({ url: '/management/operations' })).json()).toEqual({ operations: [] });
  });

  it('hands filters, size and continuation on', async () => {
    const query = new URLSearchParams({
      deviceId: "d#1+%'",
      category: 'directmethods',
      from: '2026-01-01T00:00:00Z',
      until: '2026-01-01T02:00:00+01:00',
      top: '1000',
      continuation: 'abc',
      'api-version': '2021-04-12',
    });
    expect((await api.request({ url: `/management/operations?${query}` })).statusCode).toBe(200);
    expect(listOperations).toHaveBeenCalledWith({
      deviceId: "d#1+%'",
      category: 'DirectMethods',
      fromMs: Date.UTC(2026, 0, 1),
      untilMs: Date.UTC(2026, 0, 1, 1),
      pageSize: 1_000,
      pageToken: 'abc',
    });
  });

  it.each([
    'deviceId=a%20b',
    'deviceId=a&deviceId=b',
    'deviceId=',
    'category=Nonsense',
    'from=yesterday',
    'until=1700000000',
    'top=0',
    'top=1001',
    'top=-1',
    'top=1e2',
    `continuation=${'x'.repeat(257)}`,
  ])('refuses ?%s', async (query) => {
    const response = await api.request({ url: `/management/operations?${query}` });
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([400, 'ArgumentInvalid']);
    expect(listOperations).not.toHaveBeenCalled();
  });

  it('tells what monitoring refuses, and that it is away', async () => {
    listOperations.mockRejectedValueOnce(new HubError('ArgumentInvalid', 'no token'));
    expect((await api.request({ url: '/management/operations?continuation=x' })).statusCode).toBe(400);
    listOperations.mockRejectedValueOnce(new HubError('ServiceUnavailable', 'away'));
    expect((await api.request({ url: '/management/operations' })).statusCode).toBe(503);
  });

  it('is for owners', async () => {
    const headers = { authorization: api.token('registryReadWrite') };
    const response = await api.request({ url: '/management/operations', headers });
    expect([response.statusCode, listOperations.mock.calls.length]).toEqual([401, 0]);
  });
});
