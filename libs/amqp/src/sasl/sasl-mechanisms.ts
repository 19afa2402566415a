import { HubError } from '@mooring/errors';
import type { SaslInit } from './sasl-frames.js';

/** All that clients of Azure's services ask for. */
export const SASL_MECHANISMS = ['PLAIN', 'ANONYMOUS', 'MSSBCBS', 'EXTERNAL'] as const;

/** Who the peer says it is. Only PLAIN proves it at once; all others put tokens, or show a certificate, afterwards. */
export type SaslIdentity =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'external' }
  | { readonly kind: 'plain'; readonly user: string; readonly password: string };

/**
 * @returns undefined for a mechanism that was not offered
 * @throws HubError `IotHubUnauthorized` if a PLAIN response is malformed
 */
export function saslIdentity({ mechanism, response }: SaslInit): SaslIdentity | undefined {
  switch (mechanism) {
    case 'ANONYMOUS':
    case 'MSSBCBS':
      return { kind: 'anonymous' };
    case 'EXTERNAL':
      return { kind: 'external' };
    case 'PLAIN':
      return plainIdentity(response);
    default:
      return undefined;
  }
}

/** `[authorization identity] NUL user NUL password` [RFC 4616]; acting for another identity is not offered. */
function plainIdentity(response: Buffer): SaslIdentity {
  const [authorizationId, user, password, ...rest] = response.toString('utf8').split('\0');
  if (authorizationId === undefined || !user || !password || rest.length > 0) {
    throw new HubError('IotHubUnauthorized', 'The PLAIN response is malformed.');
  }
  return { kind: 'plain', user, password };
}
