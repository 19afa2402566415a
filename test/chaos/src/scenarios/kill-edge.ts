import type { Outcome, Scenario, Stage } from '../scenario.js';

const MESSAGES_BETWEEN = 500;

/** Edges are killed in turn; each is started again once its devices are back on the other. */
function killEdge(name: string, kills: number): Scenario {
  return {
    name,
    promise: 'an edge that is killed loses nothing that was acknowledged; its devices go on at the other edge',
    run: async ({ cluster, fleet, random, note }: Stage): Promise<Outcome> => {
      let backMs = 0;
      for (let kill = 1; kill <= kills; kill++) {
        await fleet.progress(MESSAGES_BETWEEN);
        const edge = random.pick(cluster.edges);
        note(`kill -9 ${edge.name}`);
        await edge.kill();
        backMs = Math.max(backMs, await fleet.allServed());
        await edge.start();
      }
      return { injected: `${kills} × kill -9 of an edge`, backMs, broken: [] };
    },
  };
}

export const KILL_EDGE = killEdge('kill-edge', 5);
/** What the tests run. */
export const KILL_EDGE_ONCE = killEdge('kill-edge-once', 1);
