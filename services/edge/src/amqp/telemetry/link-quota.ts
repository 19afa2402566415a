import { type IncomingDelivery, toAmqpError } from '@mooring/amqp';
import { HubError } from '@mooring/errors';
import { meteredMessages } from '@mooring/throttling';
import type { AmqpDevice } from '../device/amqp-device.js';

interface Sized {
  readonly value: Buffer;
}

/** Counts a delivery, each message of it, or rejects it if the daily quota is used up. */
export function isWithinQuota(device: AmqpDevice, delivery: IncomingDelivery, messages: readonly Sized[]): boolean {
  const { quota, telemetryOperations } = device.context;
  if (quota === undefined) {
    return true;
  }
  let metered = 0;
  for (const { value } of messages) {
    metered += meteredMessages(value.length);
  }
  if (quota.take(metered)) {
    return true;
  }
  const error = new HubError('IotHubQuotaExceeded', 'The hub has taken as many messages today as it may.');
  const { message, trackingId } = error;
  telemetryOperations?.refused(device.admission.identity, {
    protocol: 'amqp',
    error: 'IotHubQuotaExceeded',
    message,
    trackingId,
  });
  delivery.reject(toAmqpError(error));
  return false;
}
