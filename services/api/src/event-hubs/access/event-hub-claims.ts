import type { TokenClaims } from '@mooring/amqp';
import type { SasResource } from '@mooring/credentials';

/** What a token for the Event Hubs-compatible endpoint gives. */
export interface EventHubClaims extends TokenClaims {
  readonly kind: 'event-hub';
  readonly policy: string;
  /** What it was signed for, its path in lower case: names of the endpoint compare without regard to case. */
  readonly resource: SasResource;
}

/** Whether claims are of this kind and cover a path within the endpoint, e.g. `['events', 'consumergroups', '$default']`. */
export function covers(claims: TokenClaims, path: readonly string[]): boolean {
  if (!isEventHubClaims(claims)) {
    return false;
  }
  const { resource } = claims;
  return resource.path.length <= path.length && resource.path.every((segment, index) => segment === path[index]);
}

export function isEventHubClaims(claims: TokenClaims): claims is EventHubClaims {
  return 'kind' in claims && claims.kind === 'event-hub';
}
