import { ProtocolViolation } from '../errors/protocol-violation.js';
import { FieldTable } from '../guard/field-table.js';
import type { Outcome, OutgoingLink } from '../links/outgoing-link.js';

/** Deliveries that a client may leave undecided in one session. */
const MAX_UNSETTLED = 2_048;

const OUTCOMES = new Map<number | string, Outcome>([
  [0x24, 'accepted'],
  ['amqp:accepted:list', 'accepted'],
  [0x25, 'rejected'],
  ['amqp:rejected:list', 'rejected'],
  [0x26, 'released'],
  ['amqp:released:list', 'released'],
  [0x27, 'modified'],
  ['amqp:modified:list', 'modified'],
]);

interface Sent {
  readonly link: OutgoingLink;
  readonly tag: Buffer;
}

const state = new FieldTable();

/** What the hub has sent in one session and is not settled, by delivery-id. */
export class SentDeliveries {
  private readonly unsettled = new Map<number, Sent>();
  private nextId = 0;

  get areFull(): boolean {
    return this.unsettled.size >= MAX_UNSETTLED;
  }

  /** @returns the delivery-id */
  add(unsettled: Sent | undefined): number {
    const id = this.nextId;
    this.nextId = (id + 1) >>> 0;
    if (unsettled !== undefined) {
      this.unsettled.set(id, unsettled);
    }
    return id;
  }

  /** @returns false if it was settled already */
  settle(id: number): boolean {
    return this.unsettled.delete(id);
  }

  /** The client has decided on deliveries: a range, of which only what is still open counts. @throws ProtocolViolation */
  disposition(fields: FieldTable): void {
    const first = fields.uint(1) ?? 0;
    const span = ((fields.uint(2) ?? first) - first) >>> 0;
    if (span >= 2 ** 31) {
      throw new ProtocolViolation('disposition', 'A disposition ends before it begins.', 'amqp:invalid-field');
    }
    if (fields.boolean(0) !== true) {
      return;
    }
    const settled = fields.boolean(3) === true;
    const outcome = outcomeOf(fields) ?? (settled ? 'accepted' : undefined);
    if (outcome === undefined) {
      return;
    }
    for (const id of this.openOf(first, span)) {
      const sent = this.unsettled.get(id);
      if (settled) {
        this.unsettled.delete(id);
      }
      sent?.link.settled({ id, tag: sent.tag }, outcome);
    }
  }

  /** The link is gone: what it had sent is decided no more. */
  forget(link: OutgoingLink): void {
    for (const [id, sent] of this.unsettled) {
      if (sent.link === link) {
        this.unsettled.delete(id);
      }
    }
  }

  clear(): void {
    this.unsettled.clear();
  }

  private openOf(first: number, span: number): readonly number[] {
    if (span < this.unsettled.size) {
      return Array.from({ length: span + 1 }, (_, step) => (first + step) >>> 0).filter((id) => this.unsettled.has(id));
    }
    return [...this.unsettled.keys()].filter((id) => (id - first) >>> 0 <= span);
  }
}

function outcomeOf(fields: FieldTable): Outcome | undefined {
  const raw = fields.raw(4);
  if (raw.length <= 1) {
    return undefined;
  }
  state.read(raw, 0, raw.length);
  return OUTCOMES.get(state.descriptor);
}
