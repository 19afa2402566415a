import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { createMetrics } from '@mooring/observability';
import { AdminServer } from './admin-server.js';
import type { Deficiency } from './readiness.js';

let server: AdminServer;
let port: number;
let deficiencies: Deficiency[];
beforeEach(async () => {
  deficiencies = [];
  const checks = [{ name: 'event log', check: async () => deficiencies }];
  server = new AdminServer({ clock: new SystemClock(), metrics: createMetrics(), checks });
  port = await server.listen(0, '127.0.0.1');
});
afterEach(() => server.close());

const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });

describe('AdminServer', () => {
  it('tells liveness apart from readiness', async () => {
    expect((await get('/health/ready')).status).toBe(200);
    deficiencies = [{ severity: 'unavailable', message: 'no broker answers' }];
    const answer = await get('/health/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'not ready',
      deficiencies: [{ dependency: 'event log', severity: 'unavailable', message: 'no broker answers' }],
    });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('serves metrics and nothing else', async () => {
    expect(await (await get('/metrics')).text()).toContain('process_cpu_seconds_total');
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics', 'POST')).status).toBe(405);
  });
});
