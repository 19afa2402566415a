import type { Scenario } from '../scenario.js';
import { CUT_OFF_EDGE } from './cut-off-edge.js';
import { EMPTY_REDIS } from './empty-redis.js';
import { FREEZE_EDGE } from './freeze-edge.js';
import { FREEZE_KAFKA } from './freeze-kafka.js';
import { KILL_EDGE } from './kill-edge.js';
import { KILL_IDENTITY } from './kill-identity.js';
import { KILL_MONITORING } from './kill-monitoring.js';
import { KILL_REDIS } from './kill-redis.js';
import { KILL_ROUTING } from './kill-routing.js';
import { RECONNECT_STORM } from './reconnect-storm.js';
import { TERMINATE_EDGE } from './terminate-edge.js';

export { KILL_EDGE_ONCE } from './kill-edge.js';

/** In the order in which they are run. */
export const SCENARIOS: readonly Scenario[] = [
  KILL_EDGE,
  TERMINATE_EDGE,
  KILL_IDENTITY,
  KILL_ROUTING,
  KILL_MONITORING,
  FREEZE_KAFKA,
  KILL_REDIS,
  EMPTY_REDIS,
  FREEZE_EDGE,
  CUT_OFF_EDGE,
  RECONNECT_STORM,
];
