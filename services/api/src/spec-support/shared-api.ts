import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { IdentityCalls } from './fake-identity.js';
import { startApi, type TestApi } from './test-api.js';

/**
 * One API for all tests of a file.
 * @returns what says, for one test, what may be called
 */
export function sharedApi(): (calls: IdentityCalls) => TestApi {
  const expectedCalls: IdentityCalls = {};
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(expectedCalls);
  });
  afterEach(() => {
    for (const name of Object.keys(expectedCalls) as (keyof IdentityCalls)[]) {
      delete expectedCalls[name];
    }
  });
  afterAll(() => api.close());
  return (calls) => {
    Object.assign(expectedCalls, calls);
    return api;
  };
}
