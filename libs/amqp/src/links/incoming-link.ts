import type { RheaReceiver } from '../engine/rhea-internals.js';
import type { SessionEngine } from '../engine/session-engine.js';
import { LinkError } from '../errors/amqp-error.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import type { FieldTable } from '../guard/field-table.js';
import { type DeliveryOwner, IncomingDelivery } from './incoming-delivery.js';

/** What a part of a delivery costs beyond its bytes, so that tiny parts are not free. */
const PART_OVERHEAD_BYTES = 128;
/** Longest delivery tag [AMQP 2.8.7]. */
const MAX_TAG_BYTES = 32;

export interface IncomingLinkOptions {
  readonly credit: number;
  readonly maxMessageBytes: number;
  readonly received: (delivery: IncomingDelivery) => void;
}

interface Incomplete {
  readonly id: number;
  readonly format: number;
  readonly settled: boolean;
  readonly parts: Buffer[];
  bytes: number;
}

/** A link on which a client sends. Puts deliveries together from their transfers and gives credit for more. */
export class IncomingLink implements DeliveryOwner {
  private incomplete: Incomplete | undefined;
  private unsettled = 0;
  private open = true;

  constructor(
    private readonly session: SessionEngine,
    private readonly rhea: RheaReceiver,
    private readonly options: IncomingLinkOptions,
  ) {}

  /** Detaches the link, with the reason if there is one. */
  close(error?: unknown): void {
    this.session.closeLink(this.rhea, error);
  }

  /** @internal Gives the client credit up to the link's window. */
  grant(): void {
    const { credit } = this.options;
    if (this.open && this.rhea.credit <= credit / 2) {
      const grant = credit - this.rhea.credit - this.unsettled;
      if (grant > 0) {
        this.rhea.flow(grant);
      }
    }
  }

  /** @internal @throws ProtocolViolation */
  transfer(fields: FieldTable, frame: Buffer): void {
    if (!this.open) {
      return;
    }
    const delivery = this.incomplete ?? this.begin(fields);
    if (fields.boolean(9) === true) {
      this.discard();
      return;
    }
    this.checkContinuation(delivery, fields);
    const more = fields.boolean(5) === true;
    const part = frame.subarray(fields.end);
    if (delivery.bytes + part.length > this.options.maxMessageBytes) {
      this.discard();
      this.close(new LinkError('amqp:link:message-size-exceeded', 'The message is larger than this link takes.'));
      return;
    }
    if (more) {
      this.keep(delivery, part);
      return;
    }
    const payload = delivery.parts.length === 0 ? part : Buffer.concat([...delivery.parts, part]);
    this.discard();
    this.unsettled++;
    this.session.host.held(payload.length);
    this.options.received(new IncomingDelivery(this, delivery.id, payload, delivery.format, delivery.settled));
  }

  settle(delivery: IncomingDelivery, state: Buffer): void {
    this.unsettled--;
    this.session.host.held(-delivery.payload.length);
    if (!delivery.presettled && this.open) {
      this.session.settleReceived(delivery.id, state);
    }
    this.grant();
  }

  /** @internal */
  closed(): void {
    this.discard();
    this.open = false;
  }

  private begin(fields: FieldTable): Incomplete {
    const id = fields.uint(1);
    const tag = fields.bytesOf(2);
    if (id === undefined || tag === undefined || tag.length > MAX_TAG_BYTES) {
      throw new ProtocolViolation('transfer', 'A transfer has no delivery-id or no valid delivery-tag.');
    }
    if (this.rhea.credit <= 0) {
      throw new ProtocolViolation('transfer', 'A transfer without credit.', 'amqp:link:transfer-limit-exceeded');
    }
    this.rhea.credit--;
    this.rhea.delivery_count = (this.rhea.delivery_count + 1) >>> 0;
    return { id, format: fields.uint(3) ?? 0, settled: fields.boolean(4) === true, parts: [], bytes: 0 };
  }

  private checkContinuation(delivery: Incomplete, fields: FieldTable): void {
    const id = fields.uint(1);
    if (id !== undefined && id !== delivery.id) {
      throw new ProtocolViolation('transfer', 'A delivery begins before the one before it has ended.');
    }
  }

  private keep(delivery: Incomplete, part: Buffer): void {
    // Copied, since a part is a slice of a network chunk that would stay alive as a whole.
    delivery.parts.push(Buffer.from(part));
    delivery.bytes += part.length;
    this.incomplete = delivery;
    this.session.host.incomplete(part.length + PART_OVERHEAD_BYTES);
  }

  private discard(): void {
    if (this.incomplete !== undefined) {
      const { bytes, parts } = this.incomplete;
      this.incomplete = undefined;
      this.session.host.incomplete(-(bytes + parts.length * PART_OVERHEAD_BYTES));
    }
  }
}
