import type { MutableHeaders } from '@mooring/messages';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import { addPropertyBag } from '../telemetry/property-bag.js';
import type { MqttLimits } from './mqtt-limits.js';
import { ProtocolError } from './protocol-error.js';

export interface TelemetryTarget {
  readonly headers: MutableHeaders;
  readonly limits: Pick<MqttLimits, 'maxPropertyBagBytes' | 'maxTopicLevels'>;
}

/** Not in a topic that is published to [MQTT-3.3.2-2]; U+FFFD is what bytes that are no UTF-8 were decoded to. */
const FORBIDDEN = /[#+\0\ufffd]/;

/**
 * Reads what follows `…/messages/events` in a topic: nothing, or a slash and a bag of properties, perhaps with a question mark
 * before it and a slash behind.
 *
 * @throws ProtocolError if it is malformed
 */
export function readTelemetryProperties(topic: string, at: number, { headers, limits }: TelemetryTarget): void {
  if (topic[at] !== '/') {
    throw new ProtocolError('a PUBLISH to a topic that it may not use', 'not-authorized');
  }
  const start = topic[at + 1] === '?' ? at + 2 : at + 1;
  const end = topic.endsWith('/') ? topic.length - 1 : topic.length;
  if (start >= end) {
    return;
  }
  if (end - start > limits.maxPropertyBagBytes) {
    throw new ProtocolError('a property bag that is too long', 'too-large');
  }
  const bag = topic.slice(start, end);
  checkTopic(topic, start, limits);
  if (!addPropertyBag(bag, headers)) {
    throw new ProtocolError('a malformed property bag');
  }
}

/** Where an identity publishes its telemetry; a bag of properties may follow. */
export function telemetryTopic({ deviceId, moduleId }: DeviceIdentity): string {
  return `devices/${deviceId}${moduleId === '' ? '' : `/modules/${moduleId}`}/messages/events`;
}

/** @throws ProtocolError if a topic may not be published to, be it the hub's or not; before `from` it is known to be good */
export function checkTopic(topic: string, from: number, limits: Pick<MqttLimits, 'maxTopicLevels'>): void {
  if (FORBIDDEN.test(topic.slice(from)) || levels(topic) > limits.maxTopicLevels) {
    throw new ProtocolError('a malformed topic');
  }
}

function levels(topic: string): number {
  let count = 1;
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) {
    count++;
  }
  return count;
}
