import type { DesiredChange } from '../../device-session/live/live-connection.js';
import { publishPacket } from '../codec/publish-packet.js';

/** The packet that tells a device of a change of its desired properties. */
export function desiredPacket({ version, json }: DesiredChange): Buffer {
  const topic = `$iothub/twin/PATCH/properties/desired/?$version=${version}`;
  return publishPacket({ topic, payload: json, packetId: 0 });
}
