/** MQTT 3.1.1 packets of a device that sends telemetry, made by hand so that the generator costs little beside the hub. */

function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** [MQTT-2.2.3] Remaining length: seven bits a byte, the least significant first. */
function packet(firstByte: number, body: Buffer): Buffer {
  const header = [firstByte];
  let rest = body.length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    header.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), body]);
}

const CONNECT = 0x10;
/** User name, password, clean session. */
const CONNECT_FLAGS = 0xc2;
const KEEP_ALIVE_SECONDS = 240;
const PUBLISH_QOS1 = 0x32;

export interface DeviceLogin {
  readonly clientId: string;
  readonly userName: string;
  readonly password: string;
}

export function connectPacket({ clientId, userName, password }: DeviceLogin): Buffer {
  const head = Buffer.from([4, CONNECT_FLAGS, KEEP_ALIVE_SECONDS >> 8, KEEP_ALIVE_SECONDS & 0xff]);
  return packet(CONNECT, Buffer.concat([field('MQTT'), head, field(clientId), field(userName), field(password)]));
}

/** A QoS 1 PUBLISH with room for a packet id. */
export interface PublishTemplate {
  readonly bytes: Buffer;
  readonly packetIdAt: number;
}

export function publishTemplate(topic: string, payload: Buffer): PublishTemplate {
  const name = field(topic);
  const bytes = packet(PUBLISH_QOS1, Buffer.concat([name, Buffer.alloc(2), payload]));
  return { bytes, packetIdAt: bytes.length - payload.length - 2 };
}
