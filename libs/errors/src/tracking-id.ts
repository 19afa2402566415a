import { randomBytes } from 'node:crypto';

/** An identifier that a user can quote and an operator can find in the logs: 32 upper-case hexadecimal digits. */
export function newTrackingId(): string {
  return randomBytes(16).toString('hex').toUpperCase();
}
