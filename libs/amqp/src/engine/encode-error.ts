import { type AmqpError, toAmqpError } from '../errors/amqp-error.js';
import { amqpTypes, encodeValue, type Typed } from './typed-values.js';

const REJECTED = 0x25;

/** An error's encoding; the keys of `info` are symbols and its numbers ints, as the clients' error mappers want them. */
function typedError({ condition, description, info }: AmqpError): Typed {
  const entries: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(info)) {
    entries[key] = typeof value === 'number' ? amqpTypes.wrap_int(value) : value;
  }
  const typed = amqpTypes.wrap_error({ condition, description });
  typed.value[2] = amqpTypes.wrap_symbolic_map(entries);
  return typed;
}

/** The delivery state `rejected` [AMQP 3.4.3], encoded. */
export function encodeRejected(error: AmqpError): Buffer {
  const state = amqpTypes.wrap_list([typedError(error)]);
  return encodeValue(amqpTypes.described(amqpTypes.wrap_ulong(REJECTED), state));
}

/** An error of whatever kind as detach, end and close carry it, encoded; undefined: none. */
export function encodeErrorOf(error: unknown): Buffer | undefined {
  return error === undefined ? undefined : encodeValue(typedError(toAmqpError(error)));
}
