import { ProtocolViolation } from '../errors/protocol-violation.js';
import { encodeAttach, encodeDetach } from '../frames/performative-frames.js';
import { IncomingLink } from '../links/incoming-link.js';
import type { LinkEndpoint } from '../links/link-handler.js';
import { OutgoingLink } from '../links/outgoing-link.js';
import type { Attach } from './attach.js';
import { Link } from './link.js';
import type { SessionEngine } from './session-engine.js';

/** The links of one session, from the peer's attach until its detach. */
export class LinkTable {
  /** By the peer's handle. */
  private readonly links = new Map<number, Link>();

  constructor(private readonly session: SessionEngine) {}

  get all(): readonly Link[] {
    return [...this.links.values()];
  }

  /** Notes a link that is asked for; it is answered when it is opened or refused. */
  asked(attach: Attach, peerHandle: number): Link {
    const taken = new Set(this.all.map(({ handle }) => handle));
    let handle = 0;
    while (taken.has(handle)) {
      handle++;
    }
    const link = new Link(this.session, attach, handle);
    this.links.set(peerHandle, link);
    return link;
  }

  /** Answers an attach. An endpoint whose client has gone in the meantime is closed at once. */
  open(link: Link, endpoint: LinkEndpoint): void {
    const { attach } = link;
    if (link.state !== 'asked' || attach === undefined) {
      endpoint.closed();
      return;
    }
    link.state = 'open';
    link.endpoint = endpoint;
    if (endpoint.kind === 'source') {
      const outgoing = new OutgoingLink(this.session, link, { endpoint, maxMessageBytes: attach.maxMessageBytes });
      link.flowing = outgoing;
      this.answer(link, { source: attach.source, target: attach.target });
      endpoint.opened(outgoing);
      this.session.useCredit(link);
    } else {
      const incoming = new IncomingLink(this.session, link, endpoint);
      link.flowing = incoming;
      const { maxMessageBytes } = endpoint;
      this.answer(link, { source: attach.source, target: attach.target, maxMessageBytes });
      endpoint.opened(incoming);
      incoming.grant();
    }
  }

  /** Detaches a link with an error, encoded; one not answered yet is attached without its own end first: "refused". */
  close(link: Link, error: Buffer | undefined): void {
    if (link.state === 'closing') {
      return;
    }
    if (link.state === 'asked') {
      this.refuse(link);
    }
    link.state = 'closing';
    this.session.writeControl(encodeDetach(this.session.channel, link.handle, error));
    end(link);
  }

  /** The peer has detached the link. */
  detached(peerHandle: number): Link | undefined {
    const link = this.links.get(peerHandle);
    if (link !== undefined) {
      this.links.delete(peerHandle);
      if (link.state === 'asked') {
        // A detach has an attach before it.
        this.refuse(link);
      }
      if (link.state !== 'closing') {
        this.session.writeControl(encodeDetach(this.session.channel, link.handle, undefined));
      }
      this.gone(link);
    }
    return link;
  }

  /** The session ends, and with it all links, without a detach of their own. */
  endAll(): void {
    for (const link of this.all) {
      this.gone(link);
    }
  }

  /** @returns undefined if what comes on this link is to be ignored, as it is being detached */
  incoming(peerHandle: number): IncomingLink | undefined {
    const link = this.links.get(peerHandle);
    if (link?.state === 'closing') {
      return undefined;
    }
    if (!(link?.flowing instanceof IncomingLink)) {
      throw new ProtocolViolation('transfer', 'A transfer on a link that takes none.', 'amqp:session:errant-link');
    }
    return link.flowing;
  }

  /** A link on which the client receives. */
  outgoing(peerHandle: number): Link | undefined {
    const link = this.links.get(peerHandle);
    return link?.client === 'receiver' ? link : undefined;
  }

  /** A link that the client may hear of: it is answered, and not detached. */
  opened(peerHandle: number): Link | undefined {
    const link = this.links.get(peerHandle);
    return link?.state === 'open' ? link : undefined;
  }

  /** There may be room to send again. */
  notifyAll(): void {
    for (const { flowing } of this.all) {
      if (flowing instanceof OutgoingLink) {
        flowing.notify();
      }
    }
  }

  private gone(link: Link): void {
    if (link.state !== 'closing') {
      link.state = 'closing';
      end(link);
    }
  }

  private refuse(link: Link): void {
    const { attach } = link;
    if (attach !== undefined) {
      this.answer(link, attach.client === 'receiver' ? { target: attach.target } : { source: attach.source });
    }
  }

  private answer(link: Link, { source, target, maxMessageBytes }: Answer): void {
    const { attach } = link;
    if (attach === undefined) {
      return;
    }
    link.attach = undefined;
    const { name, client, senderSettleMode, receiverSettleMode, properties } = attach;
    const frame = encodeAttach(this.session.channel, {
      name,
      handle: link.handle,
      receiver: client === 'sender',
      senderSettleMode,
      receiverSettleMode,
      source,
      target,
      properties,
      maxMessageBytes,
    });
    this.session.writeControl(frame);
  }
}

interface Answer {
  readonly source?: Buffer;
  readonly target?: Buffer;
  readonly maxMessageBytes?: number;
}

function end(link: Link): void {
  const { endpoint, flowing } = link;
  link.attach = undefined;
  link.endpoint = undefined;
  link.flowing = undefined;
  flowing?.closed();
  endpoint?.closed();
}
