import type { Link } from '../engine/link.js';
import type { SessionEngine } from '../engine/session-engine.js';
import { LinkError } from '../errors/amqp-error.js';
import { ACCEPTED, encodeTransfers, RELEASED } from '../frames/transfer-frames.js';
import type { SourceEndpoint } from './link-handler.js';

/** What a client may say of a delivery [AMQP 3.4]. */
export type Outcome = 'accepted' | 'rejected' | 'released' | 'modified';

const NO_TAG = Buffer.from([0]);

export interface OutgoingLinkOptions {
  readonly endpoint: SourceEndpoint;
  /** Largest message that the client takes; undefined: any. */
  readonly maxMessageBytes: number | undefined;
}

/** A link on which the hub sends. */
export class OutgoingLink {
  /** Frames of a delivery that the session's window did not hold at once. */
  private queued: Buffer[] = [];
  private open = true;

  constructor(
    private readonly session: SessionEngine,
    private readonly link: Link,
    private readonly options: OutgoingLinkOptions,
  ) {}

  /** Messages that the client is ready to take. */
  get credit(): number {
    return this.open ? this.link.credit : 0;
  }

  /**
   * Whether one message can go out now: the client has given credit, its session has room and its connection takes what is
   * written. Nothing may be sent otherwise.
   */
  sendable(): boolean {
    return this.open && this.link.credit > 0 && this.queued.length === 0 && this.session.canSend();
  }

  /** Whether the client takes messages of this size. One that it does not take ends the link, if it is sent. */
  takes(message: Buffer): boolean {
    return (this.options.maxMessageBytes ?? Number.POSITIVE_INFINITY) >= message.length;
  }

  /** Sends an encoded message that the client need not acknowledge. */
  sendSettled(message: Buffer): void {
    this.transfer(message, NO_TAG, true);
  }

  /**
   * Sends an encoded message of which the client decides; `outcome` tells how.
   *
   * @param tag at most 32 bytes; Azure's clients want 16
   * @returns the delivery's id, for `settle`
   */
  send(message: Buffer, tag: Buffer): number {
    return this.transfer(message, tag, false);
  }

  /** Tells the client that its decision on a delivery stands, or that another was made. */
  settle(id: number, outcome: 'accepted' | 'released' | { readonly rejected: Buffer }): void {
    const state = outcome === 'accepted' ? ACCEPTED : outcome === 'released' ? RELEASED : outcome.rejected;
    this.session.settleSent(id, state);
  }

  /** Detaches the link, with the reason if there is one. */
  close(error?: unknown): void {
    this.session.closeLink(this.link, error);
  }

  /** @internal There may be room again: sends what is queued, then asks for more. */
  notify(): void {
    while (this.queued.length > 0 && this.session.canSend()) {
      const frame = this.queued.shift();
      if (frame !== undefined) {
        this.session.writeTransfer(frame);
      }
    }
    if (this.sendable()) {
      this.options.endpoint.sendable();
    }
  }

  /** @internal */
  settled(delivery: { readonly id: number; readonly tag: Buffer }, outcome: Outcome): void {
    if (this.open) {
      this.options.endpoint.outcome?.(delivery, outcome);
    }
  }

  /** @internal */
  closed(): void {
    this.open = false;
    this.queued = [];
    this.session.forget(this);
  }

  private transfer(message: Buffer, tag: Buffer, settled: boolean): number {
    if (!this.takes(message)) {
      this.close(new LinkError('amqp:link:message-size-exceeded', 'A message is larger than the client takes.'));
      return -1;
    }
    const deliveryId = this.session.nextDeliveryId(settled ? undefined : { link: this, tag });
    const fields = { channel: this.session.channel, handle: this.link.handle, deliveryId, tag, settled };
    this.link.credit--;
    this.link.deliveryCount = (this.link.deliveryCount + 1) >>> 0;
    for (const frame of encodeTransfers(fields, message, this.session.maxFrameBytes)) {
      if (this.queued.length === 0 && this.session.hasWindow()) {
        this.session.writeTransfer(frame);
      } else {
        this.queued.push(frame);
      }
    }
    return deliveryId;
  }
}
