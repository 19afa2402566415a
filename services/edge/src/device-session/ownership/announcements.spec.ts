import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { createLogger } from '@mooring/observability';
import type { control } from '@mooring/proto';
import { turn } from '../../test-edge.spec-support.js';
import { deviceIdentity } from '../device-identity.js';
import { Announcements } from './announcements.js';

describe('announcements', () => {
  it('are sent until the event log has them, the newest of each identity, many at a time', async () => {
    const clock = new ManualClock();
    const sent: (readonly control.ConnectionTakenOver[])[] = [];
    let isReachable = false;
    const announcements = new Announcements({
      send: async (takeOvers) => {
        if (!isReachable) {
          throw new Error('gone');
        }
        sent.push(takeOvers);
      },
      clock,
      log: createLogger('test', 'silent'),
    });
    announcements.announce(deviceIdentity('d1'), 1);
    announcements.announce(deviceIdentity('d1', 'm1'), 2);
    announcements.announce(deviceIdentity('d1'), 3);
    await turn();
    clock.advance(5_000);
    await turn();
    expect(sent).toEqual([]);
    isReachable = true;
    clock.advance(1_000);
    await turn();
    expect(sent).toEqual([
      [
        { deviceId: 'd1', moduleId: 'm1', epoch: 2 },
        { deviceId: 'd1', moduleId: '', epoch: 3 },
      ],
    ]);
    announcements.announce(deviceIdentity('d2'), 4);
    await turn();
    expect(sent).toHaveLength(2);
  });
});
