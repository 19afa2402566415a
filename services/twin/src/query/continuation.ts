import { MAX_ID_BYTES } from '@mooring/document-store';
import { HubError } from '@mooring/errors';

/** Where a query goes on. */
export interface Position {
  /** The name of the last twin, or the key of the last group, that has been looked at. */
  readonly after: string;
  /** How many items TOP still allows; absent without TOP. */
  readonly left?: number;
}

/** More than any token that was given out. */
const MAX_LENGTH = 2_048;

/** A token of the position; opaque, and good for the same query only. */
export function continuationToken(queryHash: string, { after, left }: Position): string {
  return Buffer.from(JSON.stringify([queryHash, after, left ?? 0])).toString('base64url');
}

/**
 * Reads a token. What somebody else may have put into it moves them about in the results of their own query, and no more.
 *
 * @param top of the query; undefined without
 * @throws HubError `ArgumentInvalid` for what is no token of this query
 */
export function readContinuation(token: string, queryHash: string, top: number | undefined): Position {
  const [hash, after, left, ...others] = parse(token);
  if (typeof hash !== 'string' || others.length > 0 || !isAfter(after) || !isLeft(left, top)) {
    throw new HubError('ArgumentInvalid', 'The continuation token is not one of this hub.');
  }
  if (hash !== queryHash) {
    throw new HubError('ArgumentInvalid', 'The continuation token is that of another query.');
  }
  return top === undefined ? { after } : { after, left };
}

function parse(token: string): readonly unknown[] {
  if (token.length > MAX_LENGTH || !/^[\w-]+$/.test(token)) {
    return [];
  }
  const value = parseJson(Buffer.from(token, 'base64url').toString());
  return Array.isArray(value) ? value : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isAfter(after: unknown): after is string {
  return typeof after === 'string' && after !== '' && after.isWellFormed() && Buffer.byteLength(after) <= MAX_ID_BYTES;
}

function isLeft(left: unknown, top: number | undefined): left is number {
  return top === undefined ? left === 0 : Number.isInteger(left) && Number(left) >= 1 && Number(left) <= top;
}
