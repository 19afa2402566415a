import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HubError } from '@mooring/errors';
import type { c2dqueue } from '@mooring/proto';
import { storedIdentity } from '../spec-support/fake-identity.js';
import type { ServiceCalls } from '../spec-support/fake-services.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

type Count = c2dqueue.C2dQueueService['count'];

const services: ServiceCalls = {};
let api: TestApi;
beforeAll(async () => {
  const devices = ['a', 'b'].map((id) => storedIdentity(id));
  api = await startApi(
    {
      getIdentity: async ({ key }) => ({ identity: storedIdentity(key?.deviceId ?? '', key?.moduleId) }),
      listDevices: async () => ({ devices, nextPageToken: '' }),
    },
    { services },
  );
});
afterAll(() => api.close());

const read = async (path: string): Promise<unknown> => (await api.request({ url: `${path}?${VERSION}` })).json();

describe('message counts in the registry', () => {
  it('are shown in devices and modules, with one call for each request', async () => {
    const count = jest.fn<Count>(async ({ keys }) => ({ counts: keys.map((_, index) => index + 4) }));
    services.c2dQueue = { count };
    expect(await read('/devices/d/modules/m')).toMatchObject({ cloudToDeviceMessageCount: 4 });
    expect(await read('/devices')).toMatchObject([{ cloudToDeviceMessageCount: 4 }, { cloudToDeviceMessageCount: 5 }]);
    expect(count.mock.calls.map(([{ keys }]) => keys)).toEqual([
      [{ deviceId: 'd', moduleId: 'm' }],
      [
        { deviceId: 'a', moduleId: '' },
        { deviceId: 'b', moduleId: '' },
      ],
    ]);
  });

  it.each<[string, Count]>([
    ['are away', () => Promise.reject(new HubError('ServiceUnavailable', 'away'))],
    ['answer too little', async () => ({ counts: [] })],
  ])('are 0 while the queues %s, and the registry answers', async (_case, count) => {
    services.c2dQueue = { count };
    expect(await read('/devices/d')).toMatchObject({ deviceId: 'd', cloudToDeviceMessageCount: 0 });
  });

  it('are not waited for without end, and that is counted', async () => {
    api.metrics.resetMetrics();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    services.c2dQueue = {
      count: () => {
        resolve();
        return new Promise(() => undefined);
      },
    };
    const answer = read('/devices/d');
    await asked;
    api.clock.advance(1_000);
    expect(await answer).toMatchObject({ cloudToDeviceMessageCount: 0 });
    expect(await api.metrics.metrics()).toContain('mooring_api_message_counts_missing_total 1');
  });
});
