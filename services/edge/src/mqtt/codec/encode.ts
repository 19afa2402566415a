import { type ConnectReturnCode, PACKET } from './packet-type.js';

export const PINGRESP = Buffer.from([PACKET.pingresp << 4, 0]);

export function connack(code: ConnectReturnCode, sessionPresent: boolean): Buffer {
  // [MQTT-3.2.2-4]: with a code other than 0 there is no session.
  return Buffer.from([PACKET.connack << 4, 2, sessionPresent && code === 0 ? 1 : 0, code]);
}

const PUBACK_BYTES = 4;

/** Acknowledges several publishes in one buffer. */
export function pubacks(packetIds: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(packetIds.length * PUBACK_BYTES);
  let at = 0;
  for (let i = 0; i < packetIds.length; i++) {
    const id = packetIds[i] ?? 0;
    bytes[at++] = PACKET.puback << 4;
    bytes[at++] = 2;
    bytes[at++] = id >> 8;
    bytes[at++] = id & 0xff;
  }
  return bytes;
}

export const SUBSCRIPTION_REFUSED = 0x80;

/** @param codes granted QoS or `SUBSCRIPTION_REFUSED`, one for each filter; fewer than 126 */
export function suback(packetId: number, codes: readonly number[]): Buffer {
  return Buffer.from([PACKET.suback << 4, 2 + codes.length, packetId >> 8, packetId & 0xff, ...codes]);
}

export function unsuback(packetId: number): Buffer {
  return Buffer.from([PACKET.unsuback << 4, 2, packetId >> 8, packetId & 0xff]);
}
