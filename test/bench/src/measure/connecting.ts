import type { Address, AmqpShape } from '../load/messages.js';
import type { Target } from '../targets/kinds.js';

const AMQPS = 5671;

/** Where devices connect to, in the protocol that they speak: MQTT, unless they are given a shape of AMQP. */
export function connecting(
  { address }: Target,
  amqp: AmqpShape | undefined,
): { readonly address: Address; readonly amqp?: AmqpShape } {
  return amqp === undefined ? { address } : { address: { ...address, port: AMQPS }, amqp };
}
