import type { Frame } from '../codec/frame-reader.js';
import { PacketReader } from '../codec/packet-reader.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { ProtocolError } from '../protocol-error.js';

/** PUBACK (section 3.4): of something that was sent to an earlier connection, since nothing is sent at QoS 1 yet. */
export function handlePuback(_connection: MqttConnection, frame: Frame): void {
  const reader = new PacketReader(frame);
  if (frame.flags !== 0 || reader.word() === 0) {
    throw new ProtocolError('a malformed PUBACK');
  }
  reader.finish();
}
