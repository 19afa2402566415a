import type { Endpoint } from './listener-options.js';

/** A port that could not be bound. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor(
    /** Its setting is `${endpoint}Port`. */
    readonly endpoint: Endpoint,
    readonly port: number,
    /** E.g. `EADDRINUSE` or `EACCES`. */
    readonly code: string,
    cause: unknown,
  ) {
    super(`Cannot listen on port ${port} for ${endpoint}: ${REASONS[code] ?? code}.`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it',
  EACCES: 'this user may not bind it',
  EADDRNOTAVAIL: 'this machine does not have the address',
};
