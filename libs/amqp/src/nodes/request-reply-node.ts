import { HubError, isHubError } from '@mooring/errors';
import { toAmqpError } from '../errors/amqp-error.js';
import type { IncomingDelivery } from '../links/incoming-delivery.js';
import type { IncomingLink } from '../links/incoming-link.js';
import type { AttachRequest, ClientRole, LinkEndpoint, LinkHandler } from '../links/link-handler.js';
import type { OutgoingLink } from '../links/outgoing-link.js';
import type { PeerInfo } from '../links/peer-info.js';
import { encodeReply, type Reply, type RequestMessage, readRequest } from '../messages/request-message.js';

/** Requests that a client may have under way on one link. */
const CREDIT = 50;
/** Requests carry a token and little else. */
const MAX_REQUEST_BYTES = 32 * 1024;
/** Replies that wait for a client's credit; a client that gives none gets no more of them. */
const MAX_WAITING_REPLIES = 100;
/** Of the replies of one connection that wait, over all its links: who has not said who it is may attach many. */
const MAX_WAITING_BYTES = 1024 * 1024;

export interface NodeRequest extends RequestMessage {
  readonly attach: AttachRequest;
}

export interface RequestReplyNodeOptions {
  readonly matches: (address: string) => boolean;
  /** Before a link is attached; rejects to refuse it. */
  readonly admit?: (request: AttachRequest) => void;
  /** Rejects with a HubError, whose HTTP status becomes the reply's. */
  readonly handle: (request: NodeRequest) => Promise<Reply>;
  /** Hears of faults that are no business of the client. */
  readonly failed: (error: unknown) => void;
}

/** The links for replies of one connection. */
interface ReplyLinks {
  readonly links: Set<ReplyLink>;
  waitingBytes: number;
}

interface ReplyLink {
  readonly attach: AttachRequest;
  readonly all: ReplyLinks;
  readonly waiting: Buffer[];
  link: OutgoingLink | undefined;
}

/**
 * A node that answers requests: the client sends them on one link and receives the replies on another of its connection,
 * which a request names by its `reply-to`, or which lies in the same session.
 */
export class RequestReplyNode implements LinkHandler {
  private readonly replyLinks = new Map<PeerInfo, ReplyLinks>();

  constructor(private readonly options: RequestReplyNodeOptions) {}

  matches(address: string, _client: ClientRole): boolean {
    return this.options.matches(address);
  }

  async attach(request: AttachRequest): Promise<LinkEndpoint> {
    this.options.admit?.(request);
    return request.client === 'sender' ? this.requests(request) : this.replies(request);
  }

  private requests(attach: AttachRequest): LinkEndpoint {
    let requestLink: IncomingLink | undefined;
    return {
      kind: 'target',
      credit: CREDIT,
      maxMessageBytes: MAX_REQUEST_BYTES,
      opened: (link) => {
        requestLink = link;
      },
      received: (delivery) => this.answer(attach, delivery).catch((error: unknown) => requestLink?.close(error)),
      closed: () => undefined,
    };
  }

  private replies(attach: AttachRequest): LinkEndpoint {
    const all = this.replyLinks.get(attach.peer) ?? { links: new Set(), waitingBytes: 0 };
    const reply: ReplyLink = { attach, all, waiting: [], link: undefined };
    this.replyLinks.set(attach.peer, all);
    all.links.add(reply);
    return {
      kind: 'source',
      opened: (link) => {
        reply.link = link;
      },
      sendable: () => send(reply),
      closed: () => this.forget(reply),
    };
  }

  private async answer(attach: AttachRequest, delivery: IncomingDelivery): Promise<void> {
    const request = this.read(delivery);
    const reply = await this.reply({ ...request, attach });
    // Before the reply: to Python's and C's clients a 200 that comes ahead of it is a failure. Not earlier, so that a client
    // has no more requests under way than it has credit for.
    delivery.accept();
    const target = this.replyLink(attach, request.replyTo);
    if (target !== undefined && hasRoom(target)) {
      const message = encodeReply(request.id, reply);
      target.waiting.push(message);
      target.all.waitingBytes += message.length;
      send(target);
    }
  }

  private read(delivery: IncomingDelivery): RequestMessage {
    try {
      return readRequest(delivery.payload);
    } catch (cause) {
      const error = new HubError('ArgumentInvalid', 'The request is malformed.', { cause });
      delivery.reject(toAmqpError(error));
      throw error;
    }
  }

  private async reply(request: NodeRequest): Promise<Reply> {
    try {
      return await this.options.handle(request);
    } catch (error) {
      if (!isHubError(error)) {
        this.options.failed(error);
        return { status: 500, description: 'The hub failed.' };
      }
      return { status: error.status, description: `${error.message} TrackingId:${error.trackingId}` };
    }
  }

  private replyLink(attach: AttachRequest, replyTo: string): ReplyLink | undefined {
    const links = [...(this.replyLinks.get(attach.peer)?.links ?? [])];
    return (
      links.find((link) => replyTo !== '' && link.attach.clientAddress === replyTo) ??
      links.find((link) => link.attach.session === attach.session) ??
      links[0]
    );
  }

  private forget(reply: ReplyLink): void {
    const { all, attach, waiting } = reply;
    all.links.delete(reply);
    for (const message of waiting.splice(0)) {
      all.waitingBytes -= message.length;
    }
    if (all.links.size === 0 && this.replyLinks.get(attach.peer) === all) {
      this.replyLinks.delete(attach.peer);
    }
  }
}

function hasRoom({ waiting, all }: ReplyLink): boolean {
  return waiting.length < MAX_WAITING_REPLIES && all.waitingBytes < MAX_WAITING_BYTES;
}

function send(reply: ReplyLink): void {
  while (reply.link?.sendable()) {
    const message = reply.waiting.shift();
    if (message === undefined) {
      return;
    }
    reply.all.waitingBytes -= message.length;
    reply.link.sendSettled(message);
  }
}
