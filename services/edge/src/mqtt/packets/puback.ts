import type { Frame } from '../codec/frame-reader.js';
import { PacketReader } from '../codec/packet-reader.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { ProtocolError } from '../protocol-error.js';

/** PUBACK (section 3.4) of a cloud-to-device message. */
export function handlePuback(connection: MqttConnection, frame: Frame): void {
  const reader = new PacketReader(frame);
  const packetId = reader.word();
  if (frame.flags !== 0 || packetId === 0) {
    throw new ProtocolError('a malformed PUBACK');
  }
  reader.finish();
  connection.messages?.acknowledged(packetId);
}
