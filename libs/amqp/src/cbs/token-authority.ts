import type { PeerInfo } from '../links/peer-info.js';

/** What a token gives, as the authority that checked it knows it; the engine looks at the expiry only. */
export interface TokenClaims {
  /** Milliseconds since the Unix epoch; from then on links that rely on it are detached. */
  readonly expiresAt: number;
  /**
   * Whether the token would be taken now too: asked when keys have changed. A token without this method stays until its
   * expiry; one whose promise rejects is dropped.
   */
  stillGood?(): Promise<boolean>;
}

export interface TokenRequest {
  /** A shared access signature, or a bearer token of an identity provider (a JWT). */
  readonly kind: 'sas' | 'bearer';
  /** Without `Bearer` before it. */
  readonly token: string;
  /** As the client wrote it, e.g. `sb://host/events/$management`; with PLAIN its user name. */
  readonly audience: string;
  /** How the token came. */
  readonly via: 'cbs' | 'plain';
  readonly peer: PeerInfo;
}

/** Checks tokens of one kind. A server has one for each front that it carries. */
export interface TokenAuthority {
  /** Whether a token for this audience is this authority's to judge; all that say so do. */
  matches(request: TokenRequest): boolean;
  /** Rejects with a HubError (`IotHubUnauthorized`, …) if the token is not good. */
  authorise(request: TokenRequest): Promise<TokenClaims>;
}
