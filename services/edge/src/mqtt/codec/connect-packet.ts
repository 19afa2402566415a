import { ProtocolError } from '../protocol-error.js';
import type { Frame } from './frame-reader.js';
import { PacketReader } from './packet-reader.js';

export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retain: boolean;
}

export interface ConnectPacket {
  readonly protocolName: string;
  readonly protocolLevel: number;
  readonly clientId: string;
  readonly cleanSession: boolean;
  /** Seconds; 0: none. */
  readonly keepAlive: number;
  readonly will: Will | undefined;
  readonly userName: string | undefined;
  readonly password: Buffer | undefined;
}

const FLAG = { reserved: 0x01, cleanSession: 0x02, will: 0x04, retain: 0x20, password: 0x40, userName: 0x80 } as const;
export const PROTOCOL_LEVEL = 4;

/**
 * Reads a CONNECT (section 3.1). Of one in another version of the protocol only that is read: what follows may mean
 * something else there.
 *
 * @throws ProtocolError if it is malformed
 */
export function readConnect(frame: Frame): ConnectPacket {
  if (frame.flags !== 0) {
    throw new ProtocolError('a CONNECT with reserved bits'); // [MQTT-2.2.2-2]
  }
  const reader = new PacketReader(frame);
  const protocolName = reader.text();
  const protocolLevel = reader.byte();
  if (protocolLevel !== PROTOCOL_LEVEL) {
    return { ...OTHER_VERSION, protocolName, protocolLevel };
  }
  const flags = reader.byte();
  const willQos = (flags >> 3) & 3;
  checkFlags(flags, willQos);
  const keepAlive = reader.word();
  const clientId = reader.text();
  const will =
    (flags & FLAG.will) === 0
      ? undefined
      : // A copy: it is kept as long as the connection lives.
        {
          topic: reader.text(),
          payload: Buffer.from(reader.binary()),
          qos: willQos,
          retain: (flags & FLAG.retain) !== 0,
        };
  const userName = (flags & FLAG.userName) === 0 ? undefined : reader.text();
  const password = (flags & FLAG.password) === 0 ? undefined : reader.binary();
  reader.finish();
  const cleanSession = (flags & FLAG.cleanSession) !== 0;
  return { protocolName, protocolLevel, clientId, cleanSession, keepAlive, will, userName, password };
}

const OTHER_VERSION = {
  clientId: '',
  cleanSession: true,
  keepAlive: 0,
  will: undefined,
  userName: undefined,
  password: undefined,
} as const;

function checkFlags(flags: number, willQos: number): void {
  if ((flags & FLAG.reserved) !== 0) {
    throw new ProtocolError('a CONNECT with a reserved flag'); // [MQTT-3.1.2-3]
  }
  if ((flags & FLAG.will) === 0 && (willQos !== 0 || (flags & FLAG.retain) !== 0)) {
    throw new ProtocolError('a CONNECT with flags of a will, but none'); // [MQTT-3.1.2-13], [MQTT-3.1.2-15]
  }
  if (willQos === 3) {
    throw new ProtocolError('a will with QoS 3'); // [MQTT-3.1.2-14]
  }
  if ((flags & FLAG.userName) === 0 && (flags & FLAG.password) !== 0) {
    throw new ProtocolError('a password without a user name'); // [MQTT-3.1.2-22]
  }
}
