import { type AttachRequest, encodeRejected, type Outcome, type OutgoingLink, toAmqpError } from '@mooring/amqp';
import { c2dqueue } from '@mooring/proto';
import { MessageFlow, type MessageFlowOptions, type MessageSink } from '../../messages/message-flow.js';
import type { AmqpDevice } from '../device/amqp-device.js';
import { DeviceSource } from '../device/device-link.js';
import { encodeMessage } from './encode-message.js';

/** Messages that a device may leave undecided; a queue holds no more. */
const WINDOW = 50;

const OUTCOMES: Readonly<Record<Outcome, c2dqueue.Outcome>> = {
  accepted: c2dqueue.Outcome.COMPLETE,
  rejected: c2dqueue.Outcome.REJECT,
  released: c2dqueue.Outcome.ABANDON,
  modified: c2dqueue.Outcome.ABANDON,
};

/**
 * The hub's end of a link on which a device receives cloud-to-device messages. Its disposition settles a message; with receiver
 * settle mode second it waits for the hub's own, which is given when the queue has taken the outcome.
 */
export class DeviceBoundLink extends DeviceSource implements MessageSink {
  private readonly flow: MessageFlow;
  /** Lock tokens by the ids of the deliveries. */
  private readonly undecided = new Map<number, Buffer>();
  private readonly presettled: boolean;
  /** Whether what an older link of the device held is free again. */
  private isReader = false;

  constructor(
    device: AmqpDevice,
    { presettled }: AttachRequest,
    private readonly messages: MessageFlowOptions,
  ) {
    super(device);
    this.presettled = presettled;
    this.flow = new MessageFlow(messages, device.admission, this);
  }

  get messageCredit(): number {
    const { link, device } = this;
    if (link === undefined || !this.isReader || !device.isRead || !link.sendable()) {
      return 0;
    }
    return Math.min(link.credit, WINDOW - this.undecided.size);
  }

  override opened(link: OutgoingLink): void {
    const freed = this.device.receivers.openMessages(this);
    super.opened(link);
    void freed.then(() => {
      this.isReader = true;
      this.flow.hint();
    });
  }

  sendable(): void {
    this.flow.resume();
  }

  resume(): void {
    this.flow.resume();
  }

  hint(): void {
    this.flow.hint();
  }

  deliver(message: c2dqueue.ReceivedMessage): void {
    const { link, device } = this;
    if (link === undefined) {
      return;
    }
    const { lockToken } = message;
    const { events } = this.messages;
    const encoded = encodeMessage(message, device.admission.identity);
    if (!link.takes(encoded)) {
      // Each attempt would end the link, and all behind it would wait.
      events.undeliverable(device.admission, 'it is larger than its receiver takes');
      void this.flow.settle(lockToken, c2dqueue.Outcome.REJECT);
      return;
    }
    events.delivered();
    if (this.presettled) {
      link.sendSettled(encoded);
      void this.flow.settle(lockToken, c2dqueue.Outcome.COMPLETE);
      return;
    }
    this.undecided.set(link.send(encoded, lockToken), lockToken);
  }

  fail(error: unknown): void {
    this.device.fail(error);
  }

  outcome({ id }: { readonly id: number }, outcome: Outcome): void {
    const lockToken = this.undecided.get(id);
    if (lockToken === undefined) {
      return;
    }
    this.undecided.delete(id);
    this.device.heard();
    void this.settle(id, lockToken, OUTCOMES[outcome]);
    this.flow.resume();
  }

  override closed(): void {
    // What is undecided is free for the next link at once.
    this.device.receivers.closeMessages(this, this.flow.close());
    super.closed();
  }

  private async settle(id: number, lockToken: Buffer, outcome: c2dqueue.Outcome): Promise<void> {
    const error = await this.flow.settle(lockToken, outcome);
    // Accepted whatever the outcome: .NET's client takes any other answer for a failure.
    this.link?.settle(id, error === undefined ? 'accepted' : { rejected: encodeRejected(toAmqpError(error)) });
    if (outcome === c2dqueue.Outcome.ABANDON) {
      this.flow.hint();
    }
  }
}
