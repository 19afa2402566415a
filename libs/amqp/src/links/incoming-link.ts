import type { Link } from '../engine/link.js';
import type { SessionEngine } from '../engine/session-engine.js';
import { LinkError } from '../errors/amqp-error.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import type { FieldTable } from '../guard/field-table.js';
import { type DeliveryOwner, IncomingDelivery } from './incoming-delivery.js';
import type { TargetEndpoint } from './link-handler.js';

/** What a part of a delivery costs beyond its bytes, so that tiny parts are not free. */
const PART_OVERHEAD_BYTES = 128;
/** Longest delivery tag [AMQP 2.8.7]. */
const MAX_TAG_BYTES = 32;

interface Incomplete {
  readonly id: number;
  readonly format: number;
  settled: boolean;
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
    private readonly link: Link,
    private readonly endpoint: TargetEndpoint,
  ) {}

  /** Detaches the link, with the reason if there is one. */
  close(error?: unknown): void {
    this.session.closeLink(this.link, error);
  }

  /** @internal Gives the client credit up to the link's window. */
  grant(): void {
    const { link } = this;
    const { credit } = this.endpoint;
    if (this.open && link.credit <= credit / 2 && link.credit + this.unsettled < credit) {
      link.credit = credit - this.unsettled;
      this.session.writeFlow(link);
    }
  }

  /** @internal @throws ProtocolViolation */
  transfer(fields: FieldTable, frame: Buffer): void {
    if (!this.open) {
      return;
    }
    if (this.incomplete === undefined && fields.boolean(5) !== true && fields.boolean(9) !== true) {
      this.whole(fields, frame.subarray(fields.end));
    } else {
      this.part(this.incomplete ?? this.begin(fields), fields, frame.subarray(fields.end));
    }
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

  /** Most deliveries come in one transfer. */
  private whole(fields: FieldTable, payload: Buffer): void {
    const id = this.take(fields);
    if (payload.length > this.endpoint.maxMessageBytes) {
      this.refuseSize();
    } else {
      this.complete(new IncomingDelivery(this, id, payload, fields.uint(3) ?? 0, fields.boolean(4) === true));
    }
  }

  private part(delivery: Incomplete, fields: FieldTable, part: Buffer): void {
    if (fields.boolean(9) === true) {
      this.discard();
      // It has used up credit, and nothing of it is settled later.
      this.grant();
      return;
    }
    this.checkContinuation(delivery, fields);
    // Settled with any of its transfers [AMQP 2.7.5].
    delivery.settled ||= fields.boolean(4) === true;
    if (delivery.bytes + part.length > this.endpoint.maxMessageBytes) {
      this.discard();
      this.refuseSize();
    } else if (fields.boolean(5) === true) {
      this.keep(delivery, part);
    } else {
      const payload = Buffer.concat([...delivery.parts, part]);
      this.discard();
      this.complete(new IncomingDelivery(this, delivery.id, payload, delivery.format, delivery.settled));
    }
  }

  private complete(delivery: IncomingDelivery): void {
    this.unsettled++;
    this.session.host.held(delivery.payload.length);
    this.endpoint.received(delivery);
  }

  private refuseSize(): void {
    this.close(new LinkError('amqp:link:message-size-exceeded', 'The message is larger than this link takes.'));
  }

  private begin(fields: FieldTable): Incomplete {
    const id = this.take(fields);
    return { id, format: fields.uint(3) ?? 0, settled: fields.boolean(4) === true, parts: [], bytes: 0 };
  }

  /** A delivery begins: uses up credit. @returns its id */
  private take(fields: FieldTable): number {
    const id = fields.uint(1);
    const tag = fields.bytesOf(2);
    if (id === undefined || tag === undefined || tag.length > MAX_TAG_BYTES) {
      throw new ProtocolViolation('transfer', 'A transfer has no delivery-id or no valid delivery-tag.');
    }
    if (this.link.credit <= 0) {
      throw new ProtocolViolation('transfer', 'A transfer without credit.', 'amqp:link:transfer-limit-exceeded');
    }
    this.link.credit--;
    this.link.deliveryCount = (this.link.deliveryCount + 1) >>> 0;
    return id;
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
