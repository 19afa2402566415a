import type { LinkHandler, TokenAuthority } from '@mooring/amqp';
import { DeviceTokenAuthority } from './access/device-token-authority.js';
import type { AmqpContext } from './amqp-context.js';
import { AmqpDevices } from './device/amqp-devices.js';
import { DeviceLinkHandler } from './device-link-handler.js';

/** What devices and modules use of the hub over AMQP. It is carried by an `AmqpServer`, beside what back ends use. */
export class DeviceAmqp {
  /** To be asked before those of back ends, some of which take tokens for almost anything. */
  readonly authorities: readonly TokenAuthority[];
  readonly handlers: readonly LinkHandler[];
  private readonly devices: AmqpDevices;

  constructor(context: AmqpContext) {
    this.devices = new AmqpDevices(context);
    this.authorities = [new DeviceTokenAuthority(context)];
    this.handlers = [new DeviceLinkHandler(context, this.devices)];
  }

  /** Identities that are connected. */
  get size(): number {
    return this.devices.size;
  }
}
