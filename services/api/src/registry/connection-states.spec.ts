import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { monitoring } from '@mooring/proto';
import { storedIdentity } from '../spec-support/fake-identity.js';
import type { MonitoringCalls } from '../spec-support/fake-monitoring.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

type GetStates = monitoring.MonitoringService['getStates'];

const GENERATION = storedIdentity('d').generationId;
const UPDATED = Date.UTC(2024, 6, 7, 9, 0, 0);
const KNOWN = {
  connectionState: 'Connected',
  connectionStateUpdatedTime: '2024-07-07T09:00:00.000Z',
  lastActivityTime: '2024-07-07T09:00:01.000Z',
};
const UNKNOWN = {
  connectionState: 'Disconnected',
  connectionStateUpdatedTime: '0001-01-01T00:00:00',
  lastActivityTime: '0001-01-01T00:00:00',
};

let api: TestApi;
afterEach(() => api.close());

function state(generationId = GENERATION): monitoring.State {
  return {
    generationId,
    connected: true,
    connectionStateUpdatedTimeMs: UPDATED,
    lastActivityTimeMs: UPDATED + 1_000,
    epoch: 1,
  };
}

async function start(calls: MonitoringCalls): Promise<void> {
  const devices = ['a', 'b', 'c'].map((id) => storedIdentity(id));
  api = await startApi(
    {
      getIdentity: async ({ key }) => ({ identity: storedIdentity(key?.deviceId ?? '', key?.moduleId) }),
      putIdentity: async ({ identity }) => ({ identity: storedIdentity(identity?.key?.deviceId ?? '') }),
      listDevices: async () => ({ devices, nextPageToken: '' }),
      listModules: async ({ deviceId }) => ({ modules: [storedIdentity(deviceId, 'm')] }),
    },
    { monitoring: calls },
  );
}

describe('connection states in the registry', () => {
  it('are shown in devices and modules, with one call for each request', async () => {
    const getStates = jest.fn<GetStates>(async ({ keys }) => ({ states: keys.map(() => state()) }));
    await start({ getStates });
    for (const path of ['/devices/d', '/devices/d/modules/m']) {
      expect((await api.request({ url: `${path}?${VERSION}` })).json()).toMatchObject(KNOWN);
    }
    const list = await api.request({ url: `/devices?${VERSION}` });
    expect(list.json()).toEqual(['a', 'b', 'c'].map((deviceId) => expect.objectContaining({ deviceId, ...KNOWN })));
    const modules = await api.request({ url: `/devices/d/modules?${VERSION}` });
    expect(modules.json()).toEqual([expect.objectContaining({ moduleId: 'm', ...KNOWN })]);
    const headers = { 'content-type': 'application/json', 'if-match': '*' };
    const put = await api.request({ method: 'PUT', url: `/devices/d?${VERSION}`, headers, payload: '{}' });
    expect(put.json()).toMatchObject(KNOWN);
    expect(getStates.mock.calls.map(([{ keys }]) => keys.length)).toEqual([1, 1, 3, 1, 1]);
    expect(getStates).toHaveBeenCalledWith({ keys: [{ deviceId: 'd', moduleId: 'm' }] });
  });

  it('of another generation do not count', async () => {
    const states = [state('another'), state(), state('')];
    await start({ getStates: async () => ({ states }) });
    const list = await api.request({ url: `/devices?${VERSION}` });
    expect(list.json()).toEqual([UNKNOWN, KNOWN, UNKNOWN].map((shown) => expect.objectContaining(shown)));
  });

  it.each<[string, GetStates]>([
    ['is away', async () => Promise.reject(new HubError('ServiceUnavailable', 'away'))],
    ['answers too little', async () => ({ states: [] })],
  ])('are unknown while monitoring %s, and the registry answers', async (_case, getStates) => {
    await start({ getStates });
    const response = await api.request({ url: `/devices/d?${VERSION}` });
    expect([response.statusCode, response.json()]).toEqual([200, expect.objectContaining(UNKNOWN)]);
  });

  it('are not waited for without end, and that is counted', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    await start({
      getStates: () => {
        resolve();
        return new Promise(() => undefined);
      },
    });
    const answer = api.request({ url: `/devices/d?${VERSION}` });
    await asked;
    api.clock.advance(1_000);
    expect((await answer).json()).toMatchObject(UNKNOWN);
    expect(await api.metrics.metrics()).toContain('mooring_api_connection_states_missing_total 1');
  });
});
