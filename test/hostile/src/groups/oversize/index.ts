import type { Group } from '../../stage.js';
import { runTrials } from '../../trials/run-trials.js';
import { AMQP_SIZES } from './amqp-sizes.js';
import { HTTP_SIZES } from './http-sizes.js';
import { MQTT_SIZES } from './mqtt-sizes.js';

export const OVERSIZE: Group = {
  name: 'oversize',
  tries: 'more than may be: CONNECT, topic, filter, bag, payload, frame, SASL, link, headers, body, twin, method, C2D',
  attack: (stage) => runTrials(stage, [...MQTT_SIZES, ...AMQP_SIZES, ...HTTP_SIZES]),
};
