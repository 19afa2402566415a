import type { Group } from '../stage.js';
import { AMQP } from './amqp/index.js';
import { HTTP } from './http/index.js';
import { MQTT } from './mqtt/index.js';

export const GROUPS: readonly Group[] = [MQTT, AMQP, HTTP];
