import { type IncomingDelivery, ReceivedMessage } from '@mooring/amqp';
import type { MethodReplies } from '../../methods/method-replies.js';
import type { AmqpDevice } from '../device/amqp-device.js';
import { DeviceTarget } from '../device/device-link.js';
import { refuseDelivery } from '../device/refuse-delivery.js';
import { readMethodReply } from './method-messages.js';

const CREDIT = 100;
/** Azure's 128 KiB, and room for what frames it. */
const MAX_REPLY_BYTES = 132 * 1024;

/** The hub's end of a link on which a device answers method calls. An answer that nobody waits for is no fault of its. */
export class MethodReplyLink extends DeviceTarget {
  constructor(
    device: AmqpDevice,
    private readonly replies: MethodReplies,
  ) {
    super(device, CREDIT, MAX_REPLY_BYTES);
  }

  protected take(delivery: IncomingDelivery): void {
    try {
      const { requestId, ...reply } = readMethodReply(ReceivedMessage.read(delivery.payload));
      void this.replies.accept(this.device.admission.identity, requestId, reply).then(() => delivery.accept());
    } catch (error) {
      refuseDelivery(this.device, delivery, error);
    }
  }
}
