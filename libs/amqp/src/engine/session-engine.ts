import { PERFORMATIVE, type PerformativeCode } from '../frames/performative.js';
import { encodeBegin, encodeEnd, encodeFlow } from '../frames/performative-frames.js';
import { ACCEPTED, encodeDisposition } from '../frames/transfer-frames.js';
import type { FieldTable } from '../guard/field-table.js';
import { MAX_HANDLE } from '../guard/session-guard.js';
import type { AttachedSession } from '../links/attached-session.js';
import { OutgoingLink } from '../links/outgoing-link.js';
import { readAttach } from './attach.js';
import { encodeErrorOf } from './encode-error.js';
import type { EngineHost } from './engine-host.js';
import type { Link } from './link.js';
import { LinkTable } from './link-table.js';
import { SentDeliveries } from './sent-deliveries.js';

/** Transfers that the client may send before the hub says how far it has come. */
const WINDOW = 2_048;
const ENDLESS = 2 ** 32 - 1;

/** One session: its windows, its links, and transfers and dispositions both ways [AMQP 2.5]. */
export class SessionEngine implements AttachedSession {
  readonly links = new LinkTable(this);
  /** By the hub; what the peer still sends on it is ignored until it has answered. */
  private ended = false;
  private readonly sent = new SentDeliveries();
  private nextOutgoingId = 0;
  private peerWindow: number;
  private nextIncomingId: number;
  /** Of the window that the peer was told. */
  private windowLeft = WINDOW;
  /** A range of deliveries that are accepted, of which the peer is not told yet; empty while the first is undefined. */
  private firstAccepted: number | undefined;
  private lastAccepted = 0;

  constructor(
    readonly host: EngineHost,
    /** The same both ways. */
    readonly channel: number,
    begin: FieldTable,
  ) {
    this.nextIncomingId = begin.uint(1) ?? 0;
    this.peerWindow = begin.uint(2) ?? 0;
    const fields = { nextOutgoingId: 0, incomingWindow: WINDOW, outgoingWindow: ENDLESS, handleMax: MAX_HANDLE };
    host.write(encodeBegin(channel, fields));
  }

  get connection(): EngineHost {
    return this.host;
  }

  get maxFrameBytes(): number {
    return this.host.maxFrameBytes;
  }

  hasWindow(): boolean {
    return this.peerWindow > 0;
  }

  canSend(): boolean {
    return this.peerWindow > 0 && !this.host.congested && !this.sent.areFull;
  }

  /** @throws ProtocolViolation */
  take(code: PerformativeCode, fields: FieldTable, frame: Buffer): void {
    if (this.ended) {
      return;
    }
    switch (code) {
      case PERFORMATIVE.transfer:
        this.receive(fields, frame);
        return;
      case PERFORMATIVE.disposition:
        this.disposition(fields);
        return;
      case PERFORMATIVE.flow:
        this.flow(fields);
        return;
      case PERFORMATIVE.attach: {
        const attach = readAttach(fields);
        this.host.attached(this.links.asked(attach, fields.uint(1) ?? 0), attach);
        return;
      }
      case PERFORMATIVE.detach:
        this.detach(fields.uint(0) ?? 0);
    }
  }

  nextDeliveryId(unsettled: { readonly link: OutgoingLink; readonly tag: Buffer } | undefined): number {
    return this.sent.add(unsettled);
  }

  writeTransfer(frame: Buffer): void {
    this.host.writeDispositions();
    this.nextOutgoingId = (this.nextOutgoingId + 1) >>> 0;
    this.peerWindow--;
    this.host.write(frame);
  }

  /** Writes what must not come before the outcomes that preceded it. */
  writeControl(frame: Buffer): void {
    if (!this.ended) {
      this.host.writeDispositions();
      this.host.write(frame);
    }
  }

  writeFlow(link?: Link, drain = false): void {
    this.windowLeft = WINDOW;
    const { nextIncomingId, nextOutgoingId } = this;
    const session = { nextIncomingId, incomingWindow: WINDOW, nextOutgoingId, outgoingWindow: ENDLESS };
    this.host.write(encodeFlow(this.channel, session, link && { ...creditOf(link), drain }));
  }

  /** Sends what there is for the credit of a link that is open, and gives back the rest if the client drains it. */
  useCredit(link: Link): void {
    if (link.flowing instanceof OutgoingLink) {
      link.flowing.notify();
    }
    if (link.draining && link.state === 'open') {
      link.draining = false;
      link.deliveryCount = (link.deliveryCount + link.credit) >>> 0;
      link.credit = 0;
      this.writeFlow(link, true);
    }
  }

  /** Settles a delivery of the client; neighbours that are accepted share a disposition. */
  settleReceived(id: number, state: Buffer): void {
    if (this.ended) {
      return;
    }
    if (state !== ACCEPTED) {
      this.writeDispositions();
      this.host.write(encodeDisposition({ channel: this.channel, receiver: true, first: id, last: id, state }));
    } else if (this.firstAccepted !== undefined && (this.lastAccepted + 1) >>> 0 === id) {
      this.lastAccepted = id;
    } else {
      this.writeDispositions();
      this.firstAccepted = id;
      this.lastAccepted = id;
      this.host.dispositionsPending(this);
    }
  }

  writeDispositions(): void {
    if (this.firstAccepted !== undefined) {
      const { channel, firstAccepted: first, lastAccepted: last } = this;
      this.firstAccepted = undefined;
      this.host.write(encodeDisposition({ channel, receiver: true, first, last, state: ACCEPTED }));
    }
  }

  settleSent(id: number, state: Buffer): void {
    const wereFull = this.sent.areFull;
    if (this.sent.settle(id)) {
      this.host.write(encodeDisposition({ channel: this.channel, receiver: false, first: id, last: id, state }));
      this.notifyIfRoom(wereFull);
    }
  }

  /** Detaches a link from the hub's side. */
  closeLink(link: Link, error?: unknown): void {
    const wereFull = this.sent.areFull;
    this.links.close(link, encodeErrorOf(error));
    this.notifyIfRoom(wereFull);
  }

  /** What the link had sent is decided no more. */
  forget(link: OutgoingLink): void {
    this.sent.forget(link);
  }

  end(error?: unknown): void {
    if (!this.ended) {
      this.links.endAll();
      this.sent.clear();
      this.writeControl(encodeEnd(this.channel, encodeErrorOf(error)));
      this.ended = true;
    }
  }

  /** The peer has ended it, or its connection is gone. */
  gone(): void {
    this.end();
    for (const link of this.links.all) {
      this.host.detached(link);
    }
  }

  private receive(fields: FieldTable, frame: Buffer): void {
    this.nextIncomingId = (this.nextIncomingId + 1) >>> 0;
    this.windowLeft--;
    if (this.windowLeft < WINDOW / 2) {
      this.writeFlow();
    }
    this.links.incoming(fields.uint(0) ?? 0)?.transfer(fields, frame);
  }

  private disposition(fields: FieldTable): void {
    const wereFull = this.sent.areFull;
    this.sent.disposition(fields);
    this.notifyIfRoom(wereFull);
  }

  private detach(peerHandle: number): void {
    const wereFull = this.sent.areFull;
    const link = this.links.detached(peerHandle);
    if (link !== undefined) {
      this.host.detached(link);
    }
    this.notifyIfRoom(wereFull);
  }

  /** What waited while too many deliveries were undecided can be sent. */
  private notifyIfRoom(wereFull: boolean): void {
    if (wereFull && !this.sent.areFull) {
      this.links.notifyAll();
    }
  }

  /** The peer says how far it has come [AMQP 2.5.6], and perhaps what credit it gives a link [AMQP 2.6.7]. */
  private flow(fields: FieldTable): void {
    const wasClosed = this.peerWindow <= 0;
    const underWay = (this.nextOutgoingId - (fields.uint(0) ?? 0)) >>> 0;
    this.peerWindow = (fields.uint(1) ?? 0) - underWay;
    this.nextIncomingId = fields.uint(2) ?? this.nextIncomingId;
    const handle = fields.uint(4);
    const link = handle === undefined ? undefined : this.links.outgoing(handle);
    const echo = fields.boolean(9) === true;
    if (link !== undefined) {
      giveCredit(link, fields);
      link.draining = fields.boolean(8) === true;
      this.useCredit(link);
    }
    if (link === undefined || wasClosed) {
      this.links.notifyAll();
    }
    if (echo && !this.ended) {
      this.writeFlow(handle === undefined ? undefined : this.links.opened(handle));
    }
  }
}

function creditOf({ handle, deliveryCount, credit }: Link) {
  return { handle, deliveryCount, credit };
}

function giveCredit(link: Link, fields: FieldTable): void {
  const underWay = (link.deliveryCount - (fields.uint(5) ?? 0)) >>> 0;
  link.credit = Math.max(0, (fields.uint(6) ?? 0) - underWay);
}
