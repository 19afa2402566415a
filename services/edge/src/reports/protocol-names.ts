import type { DeviceProtocol } from '../edge-metrics.js';

/** As operation records name protocols. */
export const PROTOCOL_NAMES: Readonly<Record<DeviceProtocol, string>> = { mqtt: 'Mqtt', amqp: 'Amqp', http: 'Https' };
