import { afterEach, describe, expect, it } from '@jest/globals';
import { MessageCampaign } from '@mooring/test-fleet';
import { onEveryVictim, type Victim } from './kills/victims.js';

const DEVICES = 20;
const MESSAGES_BETWEEN = 100;
const MAX_DELIVERIES = 4;
const SEED = 6;

describe('cloud-to-device messages', () => {
  const options = {
    kills: 3,
    processes: ({ c2dQueue, edges, apis }) => [c2dQueue, ...edges.slice(0, 1), ...apis.slice(0, 1)],
    // The shortest that there is: feedback of a batch whose answer was lost comes again after it.
    environment: {
      MOORING_C2D_MAX_DELIVERY_COUNT: String(MAX_DELIVERIES),
      MOORING_FEEDBACK_LOCK_SECONDS: '5',
    },
  } satisfies Parameters<typeof onEveryVictim>[0];

  onEveryVictim(options, (start) => {
    let victim: Victim;
    let campaign: MessageCampaign;
    afterEach(async () => {
      await campaign?.close();
      await victim?.hub.close();
    });

    it('come and end as promised while processes are killed and devices forget to acknowledge', async () => {
      victim = await start();
      campaign = await MessageCampaign.start({
        hub: victim.hub,
        addresses: victim.addresses,
        seed: SEED,
        devices: DEVICES,
        maxDeliveries: MAX_DELIVERIES,
      });
      for (const process of victim.processes) {
        await campaign.progress(MESSAGES_BETWEEN);
        await process.kill();
        await process.start();
      }
      await campaign.progress(MESSAGES_BETWEEN);
      const verdict = await campaign.finish();
      expect(verdict.violations).toEqual([]);
      expect(verdict.accepted).toBeGreaterThanOrEqual(MESSAGES_BETWEEN * (victim.processes.length + 1));
      expect(verdict.redelivered).toBeGreaterThan(0);
      expect(verdict.givenUp).toBeGreaterThan(0);
    }, 180_000);
  });
});
