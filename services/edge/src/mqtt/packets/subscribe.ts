import { SUBSCRIPTION_REFUSED, suback } from '../codec/encode.js';
import type { Frame } from '../codec/frame-reader.js';
import { PacketReader } from '../codec/packet-reader.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { ProtocolError } from '../protocol-error.js';
import { allowedFilter } from '../subscriptions/allowed-filters.js';
import { changeSubscriptions } from '../subscriptions/change-subscriptions.js';

const MAX_QOS = 1;
/** Codes of one SUBACK whose length still takes one byte. */
const MAX_FILTERS = 125;

/** SUBSCRIBE (section 3.8). */
export function handleSubscribe(connection: MqttConnection, frame: Frame): void {
  const reader = new PacketReader(frame);
  const packetId = reader.word();
  if (frame.flags !== 2 || packetId === 0) {
    throw new ProtocolError('a malformed SUBSCRIBE'); // [MQTT-3.8.1-1], [MQTT-2.3.1-1]
  }
  if (reader.done) {
    throw new ProtocolError('a SUBSCRIBE without a filter'); // [MQTT-3.8.3-3]
  }
  const subscriptions = new Map(connection.subscriptions);
  const codes: number[] = [];
  while (!reader.done) {
    const filter = reader.text();
    const qos = reader.byte();
    if (qos > 2) {
      throw new ProtocolError('a SUBSCRIBE with a malformed QoS'); // [MQTT-3-8.3-4]
    }
    if (codes.length >= Math.min(connection.context.limits.maxSubscriptions, MAX_FILTERS)) {
      throw new ProtocolError('a SUBSCRIBE with too many filters');
    }
    codes.push(grant(connection, subscriptions, { filter, qos }));
  }
  // [MQTT-3.8.4-4], [MQTT-3.8.4-5]: one answer, with a code for each filter in order.
  changeSubscriptions(connection, subscriptions, suback(packetId, codes));
}

function grant(
  { admission, context }: MqttConnection,
  subscriptions: Map<string, number>,
  { filter, qos }: { readonly filter: string; readonly qos: number },
): number {
  const isFull = subscriptions.size >= context.limits.maxSubscriptions && !subscriptions.has(filter);
  const allowed = admission && allowedFilter(filter, admission.identity);
  if (allowed === undefined || isFull) {
    return SUBSCRIPTION_REFUSED;
  }
  const granted = Math.min(qos, MAX_QOS);
  subscriptions.set(allowed, granted);
  return granted;
}
