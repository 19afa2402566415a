import type { AttachRequest, OutgoingLink } from '@mooring/amqp';
import type { AmqpDevice } from '../device/amqp-device.js';
import { Outbox } from '../device/outbox.js';
import { channelOf } from './channel.js';

/** The hub's end of a link on which a device hears of its twin. */
export class TwinLink extends Outbox {
  readonly channel: string;

  constructor(device: AmqpDevice, request: AttachRequest) {
    super(device);
    this.channel = channelOf(request);
  }

  override opened(link: OutgoingLink): void {
    this.device.receivers.openTwin(this);
    super.opened(link);
  }

  override closed(): void {
    this.device.receivers.closeTwin(this);
    super.closed();
  }
}
