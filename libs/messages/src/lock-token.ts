import { HubError } from '@mooring/errors';

const LENGTH = 16;
const TEXT = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;

/** A lock token as clients read it: its bytes in the order that they have, with the hyphens of a UUID. */
export function lockTokenToText(token: Buffer): string {
  return token.toString('hex').replace(TEXT, '$1-$2-$3-$4-$5');
}

/** @throws HubError `DeviceMessageLockLost`: what is no token is no lock either */
export function lockTokenFromText(text: string): Buffer {
  const token = TEXT.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined;
  if (token?.length !== LENGTH) {
    throw new HubError('DeviceMessageLockLost', 'There is no such lock.');
  }
  return token;
}
