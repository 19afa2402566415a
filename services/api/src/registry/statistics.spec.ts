import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

let api: TestApi;
beforeAll(async () => {
  const counts = { totalDeviceCount: 3, enabledDeviceCount: 2, disabledDeviceCount: 1 };
  api = await startApi(
    { getStatistics: async () => counts },
    { monitoring: { countConnected: async () => ({ connectedDeviceCount: 7 }) } },
  );
});
afterAll(() => api.close());

describe('statistics', () => {
  it('count the devices of the registry, and those that are connected', async () => {
    const registry = await api.request({ url: `/statistics/devices?${VERSION}` });
    expect(registry.json()).toEqual({ totalDeviceCount: 3, enabledDeviceCount: 2, disabledDeviceCount: 1 });
    const service = await api.request({ url: `/statistics/service?${VERSION}` });
    expect(service.json()).toEqual({ connectedDeviceCount: 7 });
  });
});
