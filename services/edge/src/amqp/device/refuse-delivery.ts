import { type IncomingDelivery, isMeantForClients, toAmqpError } from '@mooring/amqp';
import type { AmqpDevice } from './amqp-device.js';

/** Rejects with a reason, always: to Node's client a message that is released, or rejected without one, was sent. */
export function refuseDelivery(device: AmqpDevice, delivery: IncomingDelivery, error: unknown): void {
  if (isMeantForClients(error)) {
    delivery.reject(toAmqpError(error));
  } else {
    device.fail(error);
    delivery.release();
  }
}
