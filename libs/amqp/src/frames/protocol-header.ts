import { ProtocolViolation } from '../errors/protocol-violation.js';

export const PROTOCOL_HEADER_BYTES = 8;

/** Which layer a peer wants to speak next [AMQP 2.2, 5.3.1]. */
export type ProtocolId = 'amqp' | 'sasl';

const HEADERS: readonly (readonly [ProtocolId, Buffer])[] = [
  ['amqp', Buffer.from('AMQP\x00\x01\x00\x00', 'latin1')],
  ['sasl', Buffer.from('AMQP\x03\x01\x00\x00', 'latin1')],
];

export function protocolHeader(id: ProtocolId): Buffer {
  return (HEADERS.find(([known]) => known === id) ?? ['', Buffer.alloc(0)])[1];
}

/** @throws ProtocolViolation for another protocol or version */
export function readProtocolHeader(bytes: Buffer): ProtocolId {
  for (const [id, header] of HEADERS) {
    if (header.equals(bytes)) {
      return id;
    }
  }
  throw new ProtocolViolation('protocol-header', 'Only AMQP 1.0, with or without SASL, is spoken here.');
}
