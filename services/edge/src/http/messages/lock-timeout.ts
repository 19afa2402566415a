import { HubError } from '@mooring/errors';
import type { FastifyRequest } from 'fastify';

const NAME = 'iothub-messagelocktimeout';
const MAX_SECONDS = 300;

/**
 * How long a device asks for a message to be locked, in milliseconds: seconds in a header, or in the query. 0: as the hub does.
 *
 * @throws HubError `ArgumentInvalid`
 */
export function lockTimeoutMs({ headers, query }: Pick<FastifyRequest, 'headers' | 'query'>): number {
  const asked = headers[NAME] ?? queryValue(query, NAME);
  if (asked === undefined) {
    return 0;
  }
  const seconds = typeof asked === 'string' && /^\d{1,4}$/.test(asked) ? Number(asked) : 0;
  if (seconds < 1 || seconds > MAX_SECONDS) {
    throw new HubError('ArgumentInvalid', `A message is locked for 1 to ${MAX_SECONDS} seconds.`);
  }
  return seconds * 1_000;
}

/** The value of a parameter, whatever the case of its name; undefined if it is not there. */
export function queryValue(query: unknown, name: string): unknown {
  return Object.entries(Object(query)).find(([key]) => key.toLowerCase() === name)?.[1];
}
