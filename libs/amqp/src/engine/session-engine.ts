import { toAmqpError } from '../errors/amqp-error.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { ACCEPTED, encodeDisposition } from '../frames/transfer-frames.js';
import { FieldTable } from '../guard/field-table.js';
import { MAX_HANDLE } from '../guard/session-guard.js';
import type { AttachedSession } from '../links/attached-session.js';
import type { IncomingLink } from '../links/incoming-link.js';
import type { Outcome, OutgoingLink } from '../links/outgoing-link.js';
import { typedError } from './encode-error.js';
import type { EngineHost } from './engine-host.js';
import type { LinkTable } from './link-table.js';
import type { RheaLink, RheaSession } from './rhea-internals.js';

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

/**
 * Transfers and dispositions of one session, both ways. rhea keeps the state of the session and its links; deliveries are
 * not shown to it, since it decodes them all, keeps them in one ring and lets one link without credit hold up the others.
 */
export class SessionEngine implements AttachedSession {
  /** By the hub; what the peer still sends on it is ignored until it has answered. */
  ended = false;
  private readonly unsettled = new Map<number, Sent>();
  private readonly state = new FieldTable();
  private deliveryId = 0;
  private transferId = 0;
  private peerWindow: number;
  private accepted: { first: number; last: number } | undefined;

  constructor(
    readonly host: EngineHost,
    private readonly rhea: RheaSession,
    readonly links: LinkTable,
    incomingWindow: number,
  ) {
    this.peerWindow = incomingWindow;
    rhea.local.begin['handle_max'] = MAX_HANDLE;
  }

  get connection(): EngineHost {
    return this.host;
  }

  get channel(): number {
    return this.rhea.local.channel;
  }

  get maxFrameBytes(): number {
    return this.host.maxFrameBytes;
  }

  hasWindow(): boolean {
    return this.peerWindow > 0;
  }

  canSend(): boolean {
    return this.peerWindow > 0 && !this.host.congested && this.unsettled.size < MAX_UNSETTLED;
  }

  nextDeliveryId(unsettled: Sent | undefined): number {
    const id = this.deliveryId;
    this.deliveryId = (id + 1) >>> 0;
    if (unsettled !== undefined) {
      this.unsettled.set(id, unsettled);
    }
    return id;
  }

  writeTransfer(frame: Buffer): void {
    this.host.writeDispositions();
    this.transferId = (this.transferId + 1) >>> 0;
    this.rhea.outgoing.next_transfer_id = this.transferId;
    this.peerWindow--;
    this.host.write(frame);
  }

  /** A flow of the peer says how far it has come [AMQP 2.5.6]. */
  peerFlow(nextIncomingId: number | undefined, incomingWindow: number): void {
    const underWay = (this.transferId - (nextIncomingId ?? 0)) >>> 0;
    this.peerWindow = incomingWindow - underWay;
  }

  receive(fields: FieldTable, frame: Buffer): void {
    if (this.ended) {
      return;
    }
    const { incoming } = this.rhea;
    incoming.next_transfer_id = (incoming.next_transfer_id + 1) >>> 0;
    if (incoming.max_transfer_id - incoming.next_transfer_id < incoming.window / 2) {
      this.rhea.connection._register();
    }
    this.links.incoming(fields.uint(0) ?? 0)?.transfer(fields, frame);
  }

  /** Settles a delivery of the client; neighbours that are accepted share a disposition. */
  settleReceived(id: number, state: Buffer): void {
    if (state !== ACCEPTED) {
      this.writeDispositions();
      this.host.write(encodeDisposition({ channel: this.channel, receiver: true, first: id, last: id, state }));
    } else if (this.accepted !== undefined && (this.accepted.last + 1) >>> 0 === id) {
      this.accepted.last = id;
    } else {
      this.writeDispositions();
      this.accepted = { first: id, last: id };
      this.host.dispositionsPending(this);
    }
  }

  writeDispositions(): void {
    if (this.accepted !== undefined) {
      const range = this.accepted;
      this.accepted = undefined;
      this.host.write(encodeDisposition({ channel: this.channel, receiver: true, ...range, state: ACCEPTED }));
    }
  }

  settleSent(id: number, state: Buffer): void {
    if (this.unsettled.delete(id)) {
      this.host.write(encodeDisposition({ channel: this.channel, receiver: false, first: id, last: id, state }));
    }
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
    const outcome = this.outcomeOf(fields) ?? (settled ? 'accepted' : undefined);
    if (outcome === undefined) {
      return;
    }
    const full = this.unsettled.size >= MAX_UNSETTLED;
    for (const id of this.openDeliveries(first, span)) {
      const sent = this.unsettled.get(id);
      if (settled) {
        this.unsettled.delete(id);
      }
      sent?.link.settled({ id, tag: sent.tag }, outcome);
    }
    if (full && this.unsettled.size < MAX_UNSETTLED) {
      this.links.notifyAll();
    }
  }

  /** Detaches a link from the hub's side. */
  closeLink(link: RheaLink, error?: unknown): void {
    this.links.close(link, error);
  }

  end(error?: unknown): void {
    if (this.ended) {
      return;
    }
    this.ended = true;
    this.writeDispositions();
    this.links.endAll();
    this.unsettled.clear();
    if (error !== undefined) {
      const { end } = this.rhea.local as unknown as { end: { value: unknown[] } };
      end.value[0] = typedError(toAmqpError(error));
    }
    this.rhea.close();
  }

  /** The link is gone: what it had sent is decided no more. */
  forget(link: IncomingLink | OutgoingLink | undefined): void {
    for (const [id, sent] of this.unsettled) {
      if (sent.link === link) {
        this.unsettled.delete(id);
      }
    }
  }

  private openDeliveries(first: number, span: number): readonly number[] {
    if (span < this.unsettled.size) {
      return Array.from({ length: span + 1 }, (_, step) => (first + step) >>> 0).filter((id) => this.unsettled.has(id));
    }
    return [...this.unsettled.keys()].filter((id) => (id - first) >>> 0 <= span);
  }

  private outcomeOf(fields: FieldTable): Outcome | undefined {
    const raw = fields.raw(4);
    if (raw.length <= 1) {
      return undefined;
    }
    this.state.read(raw, 0, raw.length);
    return OUTCOMES.get(this.state.descriptor);
  }
}
