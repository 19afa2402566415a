import { HubError } from '@mooring/errors';
import type { c2dqueue } from '@mooring/proto';
import { MAX_ITEMS } from '../limits.js';
import { identityName } from '../queue/identity-name.js';

const TOKEN_BYTES = 16;

export interface CheckedReceiver {
  readonly name: string;
  readonly generation: string;
  /** 0: no connection. */
  readonly epoch: number;
}

/** @throws HubError `ArgumentInvalid` */
export function checkedReceiver(receiver: c2dqueue.Receiver | undefined): CheckedReceiver {
  const name = identityName(receiver?.key);
  const { generationId = '', epoch = 0 } = receiver ?? {};
  if (!/^\d{1,64}$/.test(generationId)) {
    throw new HubError('ArgumentInvalid', 'The generation of a receiver is a decimal number.');
  }
  if (!Number.isSafeInteger(epoch) || epoch < 0) {
    throw new HubError('ArgumentInvalid', 'The epoch of a receiver is a whole number.');
  }
  return { name, generation: generationId, epoch };
}

/** @throws HubError `ArgumentInvalid` */
export function checkItems(items: readonly unknown[]): void {
  if (items.length > MAX_ITEMS) {
    throw new HubError('ArgumentInvalid', `At most ${MAX_ITEMS} can be asked for in one call.`);
  }
}

/** As it is kept; undefined for what no lock's token can be. */
export function tokenText(token: Uint8Array): string | undefined {
  return token.length === TOKEN_BYTES ? Buffer.from(token).toString('base64url') : undefined;
}

export function tokenBytes(token: string): Buffer {
  return Buffer.from(token, 'base64url');
}
