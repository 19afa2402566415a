import { unsuback } from '../codec/encode.js';
import type { Frame } from '../codec/frame-reader.js';
import { PacketReader } from '../codec/packet-reader.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { ProtocolError } from '../protocol-error.js';
import { changeSubscriptions } from '../subscriptions/change-subscriptions.js';

/** UNSUBSCRIBE (section 3.10). */
export function handleUnsubscribe(connection: MqttConnection, frame: Frame): void {
  const reader = new PacketReader(frame);
  const packetId = reader.word();
  if (frame.flags !== 2 || packetId === 0) {
    throw new ProtocolError('a malformed UNSUBSCRIBE'); // [MQTT-3.10.1-1], [MQTT-2.3.1-1]
  }
  if (reader.done) {
    throw new ProtocolError('an UNSUBSCRIBE without a filter'); // [MQTT-3.10.3-2]
  }
  const subscriptions = new Map(connection.subscriptions);
  while (!reader.done) {
    subscriptions.delete(reader.text());
  }
  // [MQTT-3.10.4-5]: answered also where there was no such subscription.
  changeSubscriptions(connection, subscriptions, unsuback(packetId));
}
