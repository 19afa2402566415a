import { encodeRejected } from '../engine/encode-error.js';
import type { AmqpError } from '../errors/amqp-error.js';
import { ACCEPTED, RELEASED } from '../frames/transfer-frames.js';

/** Where a delivery reports what became of it. */
export interface DeliveryOwner {
  settle(delivery: IncomingDelivery, state: Buffer): void;
}

/** A complete message from a client. */
export class IncomingDelivery {
  private done = false;

  constructor(
    private readonly owner: DeliveryOwner,
    readonly id: number,
    /** The encoded message; a slice of what the network gave: copy what is kept for long. */
    readonly payload: Buffer,
    /** 0 for a plain message [AMQP 3.2.16]. */
    readonly format: number,
    /** The client does not want to hear of the outcome. */
    readonly presettled: boolean,
  ) {}

  accept(): void {
    this.settle(ACCEPTED);
  }

  /** The client may send it again. */
  release(): void {
    this.settle(RELEASED);
  }

  reject(error: AmqpError): void {
    this.settle(encodeRejected(error));
  }

  private settle(state: Buffer): void {
    if (!this.done) {
      this.done = true;
      this.owner.settle(this, state);
    }
  }
}
