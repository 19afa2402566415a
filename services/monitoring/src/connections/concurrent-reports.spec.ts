import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MonitoringFixture, type MonitoringProcess } from '../testing/monitoring-fixture.js';
import { keyOf, report, type Seen } from '../testing/requests.js';

const DEVICES = 3;

let fixture: MonitoringFixture;
let processes: MonitoringProcess[];
let run = 0;

beforeEach(async () => {
  fixture = await MonitoringFixture.open();
  processes = [await fixture.start(), await fixture.start()];
});
afterEach(() => fixture.close());

/** What was seen of some devices, in batches that two processes get at once: late, twice and in any order. */
const batches = fc.array(
  fc.array(
    fc.record({
      device: fc.nat({ max: DEVICES - 1 }),
      epoch: fc.integer({ min: 1, max: 6 }),
      connected: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  { minLength: 1, maxLength: 8 },
);

it('the greatest epoch decides, and what has ended stays so, though processes write at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const prefix = `r${run++}-`;
      const reports = all.map((batch) =>
        batch.map(({ device, epoch, connected }): Seen => ({ id: `${prefix}${device}`, epoch, connected })),
      );
      await Promise.all(
        reports.flatMap((batch) => processes.map(({ service }) => report(service, 'edge:1', ...batch))),
      );
      const ids = Array.from({ length: DEVICES }, (_, device) => `${prefix}${device}`);
      const states = await processes[0]?.service.getStates({ keys: ids.map(keyOf) });
      expect(states?.states.map(({ connected }) => connected)).toEqual(
        ids.map((id) => {
          const own = reports.flat().filter((each) => each.id === id);
          const newest = Math.max(...own.map(({ epoch }) => epoch));
          const last = own.filter(({ epoch }) => epoch === newest);
          return last.length > 0 && last.every(({ connected }) => connected);
        }),
      );
    }),
    { numRuns: 30 },
  );
});
