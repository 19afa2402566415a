import type { TokenClaims } from '@mooring/amqp';
import type { RightName } from '@mooring/config';

/** What a token for the hub itself gives. */
export interface HubClaims extends TokenClaims {
  readonly kind: 'hub';
  readonly rights: ReadonlySet<RightName>;
  /** What within the hub it was signed for, in lower case; empty for all of it. */
  readonly path: readonly string[];
}

/** Whether claims are of this kind and let a service use an address, given as the segments of its path in lower case. */
export function admitsService(claims: TokenClaims, path: readonly string[]): boolean {
  return (
    isHubClaims(claims) &&
    claims.rights.has('ServiceConnect') &&
    claims.path.length <= path.length &&
    claims.path.every((segment, index) => segment === path[index])
  );
}

function isHubClaims(claims: TokenClaims): claims is HubClaims {
  return 'kind' in claims && claims.kind === 'hub';
}
