import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runScenario } from './harness/run-scenario.js';
import { KILL_EDGE_ONCE } from './scenarios/index.js';

let records: string;
beforeEach(() => {
  records = mkdtempSync(join(tmpdir(), 'mooring-chaos-'));
});
afterEach(() => rmSync(records, { recursive: true }));

test('a cluster keeps what it acknowledged when an edge is killed under load', async () => {
  const { failures, verdict } = await runScenario(KILL_EDGE_ONCE, { seed: 5, devices: 20, records });
  expect(failures).toEqual([]);
  expect(verdict?.acknowledged).toBeGreaterThan(500);
}, 240_000);
