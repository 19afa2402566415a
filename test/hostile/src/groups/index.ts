import type { Group } from '../stage.js';
import { AMQP } from './amqp/index.js';
import { BRUTE } from './brute/index.js';
import { CERTIFICATES_GROUP } from './certificates/index.js';
import { CONNECTIONS } from './connections/index.js';
import { CROSS } from './cross/index.js';
import { HTTP } from './http/index.js';
import { MQTT } from './mqtt/index.js';
import { OVERSIZE } from './oversize/index.js';
import { SLOW } from './slow/index.js';
import { TOKENS } from './tokens/index.js';

export const GROUPS: readonly Group[] = [
  CONNECTIONS,
  MQTT,
  AMQP,
  HTTP,
  OVERSIZE,
  TOKENS,
  CERTIFICATES_GROUP,
  CROSS,
  SLOW,
  BRUTE,
];
