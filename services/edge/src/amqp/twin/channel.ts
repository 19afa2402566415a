import type { AttachRequest } from '@mooring/amqp';

const CHANNEL = 'com.microsoft:channel-correlation-id';

/** What a client pairs its two links to a twin by; empty if it does not say. */
export function channelOf({ properties }: AttachRequest): string {
  const channel = properties.get(CHANNEL);
  return typeof channel === 'string' ? channel : '';
}
