/** MQTT control packet types (MQTT 3.1.1, section 2.2.1). */
export const PACKET = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

/** Codes of CONNACK (section 3.2.2.3). */
export const CONNECT_RETURN = {
  accepted: 0,
  unacceptableProtocolVersion: 1,
  identifierRejected: 2,
  serverUnavailable: 3,
  notAuthorized: 5,
} as const;
export type ConnectReturnCode = (typeof CONNECT_RETURN)[keyof typeof CONNECT_RETURN];
