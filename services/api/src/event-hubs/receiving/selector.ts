import { HubError } from '@mooring/errors';

/** Where a receiver wants to start, as its selector says it. */
export type StartPosition =
  | { readonly by: 'offset' | 'sequence-number' | 'enqueued-time'; readonly value: number; readonly inclusive: boolean }
  | { readonly by: 'earliest' | 'latest' };

/** Longer than any selector of a client. */
const MAX_LENGTH = 200;
const SELECTOR = /^\s*amqp\.annotation\.([a-z-]{1,40})\s*(>=|>)\s*(?:'([^']{0,40})'|([^\s']{1,40}))\s*$/i;
/** Offsets and milliseconds that a number holds exactly; a fraction of a millisecond is cut off. */
const WHOLE_NUMBER = /^(-?[0-9]{1,15})(?:\.[0-9]{1,9})?$/;

const ANNOTATIONS = new Map<string, 'offset' | 'sequence-number' | 'enqueued-time'>([
  ['x-opt-offset', 'offset'],
  ['x-opt-sequence-number', 'sequence-number'],
  ['x-opt-enqueued-time', 'enqueued-time'],
  // The name that `az iot hub monitor-events` uses.
  ['x-opt-enqueuedtimeutc', 'enqueued-time'],
]);

/**
 * Reads the selector of an Event Hubs receiver: one comparison of an annotation with a number, which may be quoted, such as
 * `amqp.annotation.x-opt-offset > '@latest'`.
 *
 * @throws HubError `ArgumentInvalid` for anything else
 */
export function parseSelector(text: string): StartPosition {
  const match = text.length <= MAX_LENGTH ? SELECTOR.exec(text) : null;
  const by = ANNOTATIONS.get(match?.[1]?.toLowerCase() ?? '');
  const value = match?.[3] ?? match?.[4];
  if (by === undefined || value === undefined) {
    throw unknown();
  }
  if (by === 'offset' && value.toLowerCase() === '@latest') {
    return { by: 'latest' };
  }
  const number = WHOLE_NUMBER.exec(value)?.[1];
  if (number === undefined) {
    throw unknown();
  }
  // Events begin at 0: what lies before it is the beginning.
  return Number(number) < 0 ? { by: 'earliest' } : { by, value: Number(number), inclusive: match?.[2] === '>=' };
}

function unknown(): HubError {
  return new HubError(
    'ArgumentInvalid',
    'The selector is not known. Compare x-opt-offset, x-opt-sequence-number or x-opt-enqueued-time by > or >= with a number.',
  );
}
