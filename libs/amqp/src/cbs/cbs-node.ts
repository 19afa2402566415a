import { HubError, isHubError } from '@mooring/errors';
import { type NodeRequest, RequestReplyNode } from '../nodes/request-reply-node.js';
import type { TokenAuthority, TokenClaims, TokenRequest } from './token-authority.js';
import type { TokenStore } from './token-store.js';

const SAS_TOKEN_TYPE = 'servicebus.windows.net:sastoken';
/** In lower case: clients spell the second either way. */
const BEARER_TOKEN_TYPES: ReadonlySet<string> = new Set(['jwt', 'bearer']);
/** Node's service client puts bearer tokens under the type of signatures, told apart by this alone; Java's writes it too. */
const BEARER_PREFIX = /^bearer +/i;

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

/**
 * Has every authority for its audience judge a token, which gives what they say together. Rejects with a HubError: of one that
 * cannot say now, or if none takes the token.
 */
export async function authorise(
  request: TokenRequest,
  authorities: readonly TokenAuthority[],
): Promise<readonly TokenClaims[]> {
  const judging = authorities.filter((candidate) => candidate.matches(request));
  const verdicts = await Promise.allSettled(judging.map((authority) => authority.authorise(request)));
  const refusals = verdicts.filter((verdict) => verdict.status === 'rejected').map(({ reason }) => reason as unknown);
  const failure = refusals.find((reason) => !isHubError(reason) || reason.status >= 500);
  if (failure !== undefined) {
    throw failure;
  }
  const claims = verdicts.filter((verdict) => verdict.status === 'fulfilled').map(({ value }) => value);
  if (claims.length === 0) {
    throw refusal(refusals.filter(isHubError));
  }
  return claims;
}

function refusal(refusals: readonly HubError[]): HubError {
  const [first, ...others] = refusals;
  if (first === undefined) {
    return new HubError('IotHubUnauthorized', 'No token is taken for this audience.');
  }
  const texts = new Set(refusals.map(({ message }) => message));
  return others.length === 0 ? first : new HubError(first.error, [...texts].join(' '), { cause: first });
}

function tokenRequest({ properties, body, attach }: NodeRequest): TokenRequest {
  const operation = text(properties.get('operation'));
  if (operation !== 'put-token') {
    throw new HubError('ArgumentInvalid', 'The only operation here is put-token.');
  }
  const type = text(properties.get('type'));
  const audience = text(properties.get('name'));
  const token = text(body);
  if (audience === undefined || token === undefined) {
    throw new HubError('ArgumentInvalid', 'A put-token needs a name and a token.');
  }
  const isBearer = BEARER_TOKEN_TYPES.has(type?.toLowerCase() ?? '');
  if (type !== SAS_TOKEN_TYPE && !isBearer) {
    throw new HubError(
      'IotHubUnauthorized',
      `The types of tokens here are ${SAS_TOKEN_TYPE}, ${[...BEARER_TOKEN_TYPES].join(' and ')}.`,
    );
  }
  const shared = { audience, via: 'cbs', peer: attach.peer } as const;
  return isBearer || BEARER_PREFIX.test(token)
    ? { ...shared, kind: 'bearer', token: token.replace(BEARER_PREFIX, '') }
    : { ...shared, kind: 'sas', token };
}

/** Python's clients write some texts as bytes. */
function text(value: unknown): string | undefined {
  const plain = Buffer.isBuffer(value) ? value.toString('utf8') : value;
  return typeof plain === 'string' ? plain : undefined;
}
