import type { Scenario } from '../scenario.js';

const MESSAGES = 500;
const RECONNECTING = 20;

export const KILL_IDENTITY: Scenario = {
  name: 'kill-identity',
  promise: 'connected devices go on without identity; devices that connect meanwhile are served once it is back',
  run: async ({ cluster, fleet, random, note }) => {
    await fleet.progress(MESSAGES);
    note('kill -9 identity');
    await cluster.identity.kill();
    await fleet.progress(MESSAGES);
    for (let count = 0; count < RECONNECTING; count++) {
      random.pick(fleet.devices).drop();
    }
    await fleet.progress(MESSAGES);
    await cluster.identity.start();
    note('identity is back');
    return { injected: 'kill -9 of identity', backMs: await fleet.allServed(), broken: [] };
  },
};
