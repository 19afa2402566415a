import { amqpTypes, encodeValue } from '../engine/typed-values.js';
import { FRAME_TYPE } from '../frames/frame-reader.js';
import { rawBytes } from './raw-peer.js';

/** A client's sasl-init. */
export function encodeInit(mechanism: string, response: Buffer): Buffer {
  const fields = amqpTypes.wrap_list([amqpTypes.wrap_symbol(mechanism), response]);
  return rawBytes(encodeValue(amqpTypes.described(amqpTypes.wrap_ulong(0x41), fields)), 0, FRAME_TYPE.sasl);
}
