import type { OutgoingLink } from '@mooring/amqp';
import { Outbox } from '../device/outbox.js';

/** The hub's end of a link on which a device receives method calls. */
export class MethodLink extends Outbox {
  override opened(link: OutgoingLink): void {
    this.device.receivers.openMethods(this);
    super.opened(link);
  }

  override closed(): void {
    this.device.receivers.closeMethods(this);
    super.closed();
  }
}
