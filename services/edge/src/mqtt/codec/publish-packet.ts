import { PACKET } from './packet-type.js';

/** Bytes of a topic in UTF-8, at most (MQTT 3.1.1, section 1.5.3). */
export const MAX_TOPIC_BYTES = 0xffff;

export interface OutboundPublish {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** 0 at QoS 0, else it is sent at QoS 1. */
  readonly packetId: number;
  /** It may have been sent before [MQTT-3.3.1-1]; never at QoS 0. */
  readonly dup?: boolean;
}

/** PUBLISH (section 3.3) in one buffer, topic and payload copied. */
export function publishPacket({ topic, payload, packetId, dup = false }: OutboundPublish): Buffer {
  const topicBytes = Buffer.byteLength(topic);
  if (topicBytes > MAX_TOPIC_BYTES) {
    throw new RangeError(`a topic of ${topicBytes} bytes`);
  }
  const idBytes = packetId === 0 ? 0 : 2;
  const remaining = 2 + topicBytes + idBytes + payload.length;
  const header = 1 + lengthBytes(remaining);
  const bytes = Buffer.allocUnsafe(header + remaining);
  bytes[0] = (PACKET.publish << 4) | (packetId === 0 ? 0 : 2) | (dup && packetId !== 0 ? 8 : 0);
  writeLength(bytes, remaining);
  let at = bytes.writeUInt16BE(topicBytes, header);
  at += bytes.write(topic, at);
  if (idBytes !== 0) {
    at = bytes.writeUInt16BE(packetId, at);
  }
  bytes.set(payload, at);
  return bytes;
}

function lengthBytes(length: number): number {
  let count = 1;
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) {
    count++;
  }
  return count;
}

/** The remaining length (section 2.2.3), behind the first byte. */
function writeLength(bytes: Buffer, length: number): void {
  let at = 1;
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) {
    bytes[at++] = (rest & 0x7f) | 0x80;
  }
  bytes[at] = rest;
}
