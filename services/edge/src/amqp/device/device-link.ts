import type { IncomingDelivery, IncomingLink, OutgoingLink, SourceEndpoint, TargetEndpoint } from '@mooring/amqp';
import type { AmqpDevice } from './amqp-device.js';

/** A link as its device sees it. */
export interface DeviceLink {
  /** Detaches it. */
  end(error: unknown): void;
  /** The device is read, and may be sent to, again. */
  resume(): void;
}

/** The hub's end of a link on which a device sends. What comes while the device is not read waits, as credit allows. */
export abstract class DeviceTarget implements TargetEndpoint, DeviceLink {
  readonly kind = 'target';
  private link: IncomingLink | undefined;
  private readonly waiting: IncomingDelivery[] = [];

  constructor(
    protected readonly device: AmqpDevice,
    readonly credit: number,
    readonly maxMessageBytes: number,
  ) {}

  opened(link: IncomingLink): void {
    this.link = link;
    this.device.opened(this);
  }

  received(delivery: IncomingDelivery): void {
    this.device.heard();
    this.waiting.push(delivery);
    this.resume();
  }

  resume(): void {
    while (this.waiting.length > 0 && this.isReady()) {
      const delivery = this.waiting.shift();
      if (delivery !== undefined) {
        this.take(delivery);
      }
    }
  }

  end(error: unknown): void {
    this.link?.close(error);
  }

  closed(): void {
    // The client is told nothing any more, but what it had sent is held no longer.
    for (const delivery of this.waiting.splice(0)) {
      delivery.release();
    }
    this.device.left(this);
  }

  protected isReady(): boolean {
    return this.device.isRead;
  }

  /** Must settle it, now or later. */
  protected abstract take(delivery: IncomingDelivery): void;
}

/** The hub's end of a link on which a device receives. */
export abstract class DeviceSource implements SourceEndpoint, DeviceLink {
  readonly kind = 'source';
  protected link: OutgoingLink | undefined;

  constructor(protected readonly device: AmqpDevice) {}

  opened(link: OutgoingLink): void {
    this.link = link;
    this.device.opened(this);
  }

  end(error: unknown): void {
    this.link?.close(error);
  }

  closed(): void {
    this.link = undefined;
    this.device.left(this);
  }

  abstract sendable(): void;
  abstract resume(): void;
}
