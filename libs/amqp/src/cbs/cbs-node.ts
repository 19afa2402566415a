import { HubError } from '@mooring/errors';
import { type NodeRequest, RequestReplyNode } from '../nodes/request-reply-node.js';
import type { TokenAuthority, TokenRequest } from './token-authority.js';
import type { TokenStore } from './token-store.js';

const SAS_TOKEN_TYPE = 'servicebus.windows.net:sastoken';

export interface CbsNodeOptions {
  readonly tokens: TokenStore;
  readonly authorities: readonly TokenAuthority[];
  readonly failed: (error: unknown) => void;
}

/** The node at which a connection puts its tokens (claims-based security). */
export function cbsNode({ tokens, authorities, failed }: CbsNodeOptions): RequestReplyNode {
  return new RequestReplyNode({
    matches: (address) => address.toLowerCase() === '$cbs',
    failed,
    handle: async (request) => {
      const token = tokenRequest(request);
      tokens.put(token.audience, await authorise(token, authorities));
      return { status: 200, description: 'OK' };
    },
  });
}

/** Has the authority for its audience judge a token. Rejects with a HubError. */
export async function authorise(request: TokenRequest, authorities: readonly TokenAuthority[]) {
  const authority = authorities.find((candidate) => candidate.matches(request));
  if (authority === undefined) {
    throw new HubError('IotHubUnauthorized', 'No token is taken for this audience.');
  }
  return authority.authorise(request);
}

function tokenRequest({ properties, body, attach }: NodeRequest): TokenRequest {
  const operation = properties.get('operation');
  if (operation !== 'put-token') {
    throw new HubError('ArgumentInvalid', 'The only operation here is put-token.');
  }
  const type = properties.get('type');
  if (type !== SAS_TOKEN_TYPE) {
    throw new HubError(
      'IotHubUnauthorized',
      `Only shared access signatures (type ${SAS_TOKEN_TYPE}) are taken, no tokens of an identity provider.`,
    );
  }
  const audience = properties.get('name');
  const token = Buffer.isBuffer(body) ? body.toString('utf8') : body;
  if (typeof audience !== 'string' || typeof token !== 'string') {
    throw new HubError('ArgumentInvalid', 'A put-token needs a name and a token.');
  }
  return { token, audience, via: 'cbs', peer: attach.peer };
}
