import { afterEach, describe, expect, it } from '@jest/globals';
import { TwinCampaign } from '@mooring/test-fleet';
import { changesAtEndpoint } from './kills/changes-at-endpoint.js';
import { onEveryVictim, type Victim } from './kills/victims.js';

const CHANGES_BETWEEN = 300;
const KILLS = 2;
const SEED = 6;

describe('twins with many writers', () => {
  const options = {
    kills: KILLS,
    processes: ({ twin, apis }) => [twin, ...apis.slice(0, 1)],
  } satisfies Parameters<typeof onEveryVictim>[0];

  onEveryVictim(options, (start) => {
    let victim: Victim;
    let campaign: TwinCampaign;
    afterEach(async () => {
      await campaign?.close();
      await victim?.hub.close();
    });

    it('have linear histories, without a lost update, while processes are killed', async () => {
      victim = await start();
      campaign = await TwinCampaign.start({ hub: victim.hub, addresses: victim.addresses, seed: SEED });
      for (const process of victim.processes) {
        await campaign.progress(CHANGES_BETWEEN);
        await process.kill();
        await process.start();
      }
      await campaign.progress(CHANGES_BETWEEN);
      const verdict = await changesAtEndpoint(victim.hub, (read) => campaign.finish(read));
      expect(verdict).toMatchObject({ violations: [], unfair: [] });
      expect(verdict.accepted).toBeGreaterThanOrEqual(CHANGES_BETWEEN * (KILLS + 1));
      expect(verdict.rounds).toBeGreaterThan(0);
    }, 180_000);
  });
});
