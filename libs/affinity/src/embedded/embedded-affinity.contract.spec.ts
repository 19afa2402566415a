import { ManualClock } from '@mooring/clock';
import { describeAffinity } from '../contract/index.js';
import { openAffinity } from '../open.js';

/** Milliseconds that a process takes at least to start again, which empties this store. */
const RESTART_MS = 100;

describeAffinity('embedded', async () => {
  const clock = new ManualClock();
  let affinity = await openAffinity({ kind: 'embedded', clock });
  return {
    affinity: () => affinity,
    empty: async () => {
      clock.advance(RESTART_MS);
      affinity = await openAffinity({ kind: 'embedded', clock });
    },
    pass: async (ms) => clock.advance(ms),
    close: () => affinity.close(),
  };
});
