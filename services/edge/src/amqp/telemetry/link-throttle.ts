import { type IncomingDelivery, toAmqpError } from '@mooring/amqp';
import { HubError } from '@mooring/errors';
import type { AmqpDevice } from '../device/amqp-device.js';

interface Held<Messages> {
  readonly delivery: IncomingDelivery;
  readonly messages: Messages;
  isAdmitted: boolean;
}

/**
 * The limit of telemetry as one link meets it: a delivery that is beyond it is held, and the link with it, so that its client
 * gets no credit back. One that has waited for too long is rejected.
 */
export class LinkThrottle<Messages extends readonly unknown[]> {
  private held: Held<Messages> | undefined;
  /** By the monotonic clock: when those came that wait behind the one that is held. Some are refused and never asked for. */
  private readonly arrivals = new WeakMap<IncomingDelivery, number>();

  constructor(
    private readonly device: AmqpDevice,
    private readonly resume: () => void,
  ) {}

  /** Whether nothing may be taken. */
  get holds(): boolean {
    return this.held !== undefined;
  }

  arrived(delivery: IncomingDelivery): void {
    if (this.held !== undefined) {
      this.arrivals.set(delivery, this.device.context.clock.monotonic());
    }
  }

  /** @returns false if it is within the limit, else it is held or rejected */
  hold(delivery: IncomingDelivery, messages: Messages): boolean {
    const { context, admission } = this.device;
    const { name } = admission.identity;
    const cost = messages.length;
    const since = this.arrivals.get(delivery) ?? context.clock.monotonic();
    this.arrivals.delete(delivery);
    if (context.throttles === undefined || context.throttles.telemetry.take(name, cost)) {
      return false;
    }
    const held: Held<Messages> = { delivery, messages, isAdmitted: false };
    this.held = held;
    context.throttles.telemetry.wait(
      name,
      { cost, since },
      {
        admitted: () => {
          held.isAdmitted = true;
          this.resume();
        },
        refused: () => this.refuse(held),
      },
    );
    return true;
  }

  /** What was held and may be taken by now. */
  takeAdmitted(): Held<Messages> | undefined {
    const { held } = this;
    if (held?.isAdmitted !== true) {
      return undefined;
    }
    this.held = undefined;
    return held;
  }

  /** The link is no more. */
  closed(): void {
    this.held?.delivery.release();
    this.held = undefined;
  }

  private refuse(held: Held<Messages>): void {
    if (this.held !== held) {
      return;
    }
    this.held = undefined;
    const { admission, context } = this.device;
    const error = new HubError('ThrottlingException', 'Too many messages: send less, or try again later.');
    const { message, trackingId } = error;
    context.telemetryOperations?.refused(admission.identity, {
      protocol: 'amqp',
      error: 'ThrottlingException',
      message,
      trackingId,
    });
    held.delivery.reject(toAmqpError(error));
    this.resume();
  }
}
