import { expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { definition, implementation, request } from '../rpc.spec-support.js';
import { inBothWays } from './in-both-ways.js';

let made = 0;

inBothWays(
  definition,
  () => {
    made += 1;
    const number = made;
    return implementation({
      getStatistics: async () => ({ totalDeviceCount: number, enabledDeviceCount: 0, disabledDeviceCount: 0 }),
      listDevices: async () => {
        throw new HubError('ArgumentInvalid', 'There is no such page.', { trackingId: 'ABC' });
      },
    });
  },
  (service) => {
    it('gives answers', async () => {
      expect((await service().getIdentity(request('d1'))).identity?.key?.deviceId).toBe('d1');
    });

    it('gives errors', async () => {
      const error = await service()
        .listDevices({ pageSize: 1, pageToken: 'x' })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(HubError);
      expect(error).toMatchObject({ code: 400004, message: 'There is no such page.', trackingId: 'ABC' });
    });

    it('is made anew for each test', async () => {
      expect((await service().getStatistics({})).totalDeviceCount).toBe(made);
    });
  },
);
