import { afterEach, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../spec-support/test-api.js';

const VERSION = 'api-version=2021-04-12';
const QUERY = {
  method: 'POST',
  url: `/devices/query?${VERSION}`,
  headers: { 'content-type': 'application/json' },
  payload: '{"query":"SELECT * FROM devices"}',
} as const;

let api: TestApi;
afterEach(() => api.close());

function start(limits: Record<string, string>) {
  const queryTwins = async () => ({ items: [], itemType: 'Twin', continuation: '' });
  const throttling = { MOORING_THROTTLE_BACKLOG_SECONDS: '2', ...limits };
  return startApi({}, { services: { twin: { queryTwins } }, throttling });
}

async function waiting(limit: string): Promise<number> {
  const text = await api.metrics.metrics();
  const name = `mooring_throttling_waiting_operations{limit="${limit}"} `;
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.slice(name.length),
  );
}

describe('requests of back ends beyond a limit', () => {
  it('are answered later, and then with 429 and when to come again', async () => {
    api = await start({ MOORING_THROTTLE_QUERIES_PER_MINUTE: '60' });
    let answered = 0;
    const count = () => void answered++;
    const requests = Array.from({ length: 120 }, () => api.request(QUERY));
    const asked = Promise.all(requests);
    for (const request of requests) {
      request.then(count, count);
    }
    // All have come: one that came later would wait for a clock that stands still.
    while (answered + (await waiting('queries')) < requests.length) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    api.clock.advance(10_000);
    const answers = await asked;
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBe(answers.length - refused.length);
    expect(refused.length).toBeGreaterThan(30);
    expect(refused.length).toBeLessThanOrEqual(60);
    expect(refused[0]?.headers).toMatchObject({ 'retry-after': '2', 'iothub-errorcode': 'ThrottlingException' });
    expect(refused[0]?.json().Message).toMatch(/^ErrorCode:ThrottlingException;/);
  });

  it('count a bulk that is refused for its size as the largest that is not', async () => {
    api = await start({ MOORING_THROTTLE_IDENTITY_OPERATIONS_PER_MINUTE: '100' });
    const bulk = {
      ...QUERY,
      url: `/devices?${VERSION}`,
      payload: JSON.stringify(Array.from({ length: 10_000 }, () => 0)),
    };
    expect((await api.request(bulk)).statusCode).toBe(400);
    api.clock.advance(120_000);
    const read = api.request({ url: `/devices/d1?${VERSION}` }).then(({ statusCode }) => statusCode);
    expect(await read).not.toBe(429);
    expect(await waiting('identity-operations')).toBe(0);
  });

  it('do not count who is not let in, nor routes of other limits', async () => {
    api = await start({ MOORING_THROTTLE_QUERIES_PER_MINUTE: '2' });
    for (let count = 0; count < 10; count++) {
      const refused = await api.request({
        ...QUERY,
        headers: { ...QUERY.headers, authorization: api.token('device') },
      });
      expect(refused.statusCode).toBe(401);
      expect((await api.request({ url: `/statistics/devices?${VERSION}` })).statusCode).not.toBe(429);
    }
    expect((await api.request(QUERY)).statusCode).toBe(200);
  });
});
