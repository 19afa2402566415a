import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { createLogger } from '@mooring/observability';
import type { monitoring } from '@mooring/proto';
import { deviceIdentity } from '../device-session/device-identity.js';
import type { Admission } from '../device-session/live/live-connection.js';
import { turn } from '../test-edge.spec-support.js';
import { ConnectionReports } from './connection-reports.js';

let clock: ManualClock;
let taken: monitoring.ReportConnectionsRequest[];
let isAway: boolean;
let whileSending: () => void;
let reports: ConnectionReports;

beforeEach(() => {
  clock = new ManualClock();
  taken = [];
  isAway = false;
  whileSending = () => undefined;
  reports = new ConnectionReports({
    monitoringService: {
      reportConnections: async (request) => {
        whileSending();
        if (isAway) {
          throw new Error('away');
        }
        taken.push(request);
        return {};
      },
    },
    edge: 'e1',
    incarnation: () => 'i1',
    clock,
    log: createLogger('test', 'silent'),
  });
  reports.start();
});

const admission = (name: string, epoch: number) =>
  ({ identity: deviceIdentity(name), generationId: 'g', epoch }) as Admission;

async function second(): Promise<void> {
  clock.advance(1_000);
  await turn();
}

const told = () =>
  taken.flatMap((request) => request.reports.map(({ key, epoch, connected }) => [key?.deviceId, epoch, connected]));

describe('reports of connections', () => {
  it('tell the newest of each identity once a second, with the lease that holds them', async () => {
    reports.connected(admission('d1', 1));
    reports.disconnected(admission('d1', 1));
    reports.connected(admission('d2', 3));
    reports.disconnected(admission('d2', 2));
    await second();
    expect(taken).toHaveLength(1);
    expect(taken[0]).toMatchObject({ edge: 'e1', incarnation: 'i1' });
    expect(taken[0]?.reports[0]).toEqual({
      key: { deviceId: 'd1', moduleId: '' },
      generationId: 'g',
      epoch: 1,
      connected: false,
      timeMs: clock.now() - 1_000,
    });
    expect(told()).toEqual([
      ['d1', 1, false],
      ['d2', 3, true],
    ]);
    await second();
    expect(taken).toHaveLength(1);
  });

  it('are sent again until they are taken, and what is newer by then instead', async () => {
    isAway = true;
    reports.connected(admission('d1', 1));
    reports.connected(admission('d2', 2));
    await second();
    reports.disconnected(admission('d1', 1));
    await second();
    isAway = false;
    await second();
    expect(told()).toEqual([
      ['d2', 2, true],
      ['d1', 1, false],
    ]);
  });

  it('keep what changes while they are sent', async () => {
    reports.connected(admission('d1', 1));
    whileSending = () => {
      whileSending = () => undefined;
      reports.disconnected(admission('d1', 1));
    };
    await second();
    await second();
    expect(told()).toEqual([
      ['d1', 1, true],
      ['d1', 1, false],
    ]);
  });

  it('hold a thousand at most', async () => {
    for (let index = 0; index < 2_500; index++) {
      reports.connected(admission(`d${index}`, 1));
    }
    await second();
    expect(taken.map((request) => request.reports.length)).toEqual([1_000, 1_000, 500]);
    expect(reports.waiting).toBe(0);
  });

  it('are sent at the end, unless nobody takes them soon', async () => {
    reports.disconnected(admission('d1', 1));
    await reports.stop();
    expect(told()).toEqual([['d1', 1, false]]);
  });
});
