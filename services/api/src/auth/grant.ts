import type { RightName } from '@mooring/config';
import { HubError } from '@mooring/errors';

/** What a token gives a back end. */
export interface Grant {
  /** Who was given it, as a message begins: `The policy service`. */
  readonly subject: string;
  readonly rights: ReadonlySet<RightName>;
  /** When the token ends, in milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
}

/** @throws HubError `IotHubUnauthorizedAccess` naming the rights that are lacking */
export function requireRights(grant: Grant, rights: readonly RightName[]): void {
  const missing = rights.filter((right) => !grant.rights.has(right));
  if (missing.length > 0) {
    throw new HubError('IotHubUnauthorizedAccess', `${grant.subject} lacks ${missing.join(' and ')}.`);
  }
}
