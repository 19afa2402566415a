import { randomInt } from 'node:crypto';

/** One of the 16 million loopback addresses, so that servers on well-known ports of tests that run at once do not meet. */
export function ownLoopbackAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(2, 255)}`;
}
