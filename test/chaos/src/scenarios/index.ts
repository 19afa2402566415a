import type { Scenario } from '../scenario.js';
import { CUT_OFF_EDGE } from './cut-off-edge.js';
import { EMPTY_REDIS } from './empty-redis.js';
import { FREEZE_EDGE } from './freeze-edge.js';
import { FREEZE_KAFKA } from './freeze-kafka.js';
import { KILL_ALL } from './kill-all.js';
import { KILL_EDGE } from './kill-edge.js';
import { KILL_IDENTITY } from './kill-identity.js';
import { KILL_KAFKA_LEADER } from './kill-kafka-leader.js';
import { KILL_MONGO } from './kill-mongo.js';
import { KILL_MONITORING } from './kill-monitoring.js';
import { KILL_REDIS } from './kill-redis.js';
import { KILL_ROUTING } from './kill-routing.js';
import { KILL_API, KILL_C2D_QUEUE, KILL_TWIN } from './kill-service.js';
import { RECONNECT_STORM } from './reconnect-storm.js';
import { SLOW_KAFKA } from './slow-kafka.js';
import { SOAK } from './soak.js';
import { STALLED_DEVICES } from './stalled-devices.js';
import { TERMINATE_EDGE } from './terminate-edge.js';
import { TWO_CLIENTS } from './two-clients.js';
import { UPGRADE } from './upgrade.js';
import { WRONG_CLOCK } from './wrong-clock.js';

export { KILL_EDGE_ONCE } from './kill-edge.js';

/** In the order in which they are run. */
export const SCENARIOS: readonly Scenario[] = [
  KILL_EDGE,
  TERMINATE_EDGE,
  KILL_IDENTITY,
  KILL_TWIN,
  KILL_C2D_QUEUE,
  KILL_API,
  KILL_ROUTING,
  KILL_MONITORING,
  KILL_ALL,
  KILL_KAFKA_LEADER,
  FREEZE_KAFKA,
  SLOW_KAFKA,
  KILL_REDIS,
  EMPTY_REDIS,
  KILL_MONGO,
  FREEZE_EDGE,
  CUT_OFF_EDGE,
  WRONG_CLOCK,
  RECONNECT_STORM,
  TWO_CLIENTS,
  STALLED_DEVICES,
  SOAK,
  UPGRADE,
];
