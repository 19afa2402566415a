import type { Group, Stage } from '../../stage.js';
import { runTrials } from '../../trials/run-trials.js';
import { halfHandshakes, halfOpen } from './half-open.js';
import { NEVER_READ } from './never-read.js';
import { trickles } from './trickles.js';

/** All at once: what each waits for is mostly a deadline. */
async function attack(stage: Stage): Promise<void> {
  await Promise.all([
    halfOpen(stage, stage.quick ? 300 : 5_000),
    halfHandshakes(stage, stage.quick ? 60 : 1_000),
    runTrials(stage, [...trickles(stage), ...NEVER_READ]),
  ]);
}

export const SLOW: Group = {
  name: 'slow',
  tries: 'thousands of half-open connections, half handshakes, a byte at a time, clients that never read',
  attack,
};
