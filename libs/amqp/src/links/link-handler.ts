import type { TokenClaims } from '../cbs/token-authority.js';
import type { AttachedSession } from './attached-session.js';
import type { IncomingDelivery } from './incoming-delivery.js';
import type { IncomingLink } from './incoming-link.js';
import type { Outcome, OutgoingLink } from './outgoing-link.js';
import type { PeerInfo } from './peer-info.js';

/** What the client is at its end of a link. */
export type ClientRole = 'sender' | 'receiver';

/** A link that a client wants to attach. */
export interface AttachRequest {
  readonly peer: PeerInfo;
  readonly client: ClientRole;
  readonly name: string;
  /** Of the hub's end: the target if the client sends, else the source. As the client wrote it. */
  readonly address: string;
  /** Of the client's own end; empty if it named none. Replies go there. */
  readonly clientAddress: string;
  /** Link properties by name; numbers, strings, booleans, dates and buffers, or lists and maps of them. */
  readonly properties: ReadonlyMap<string, unknown>;
  /** Filters of the source by name; their descriptors are left out. */
  readonly filters: ReadonlyMap<string, unknown>;
  readonly desiredCapabilities: readonly string[];
  /** Whether all deliveries of the link are to be sent settled: nobody decides on them (snd-settle-mode). */
  readonly presettled: boolean;
  /** The session of the link: the same object for all links of one session. */
  readonly session: AttachedSession;
  /**
   * Finds a token that the client has put and that admits the link. When it expires and is not renewed, or no longer
   * admits it, the link is detached with `amqp:unauthorized-access`.
   *
   * @throws HubError `IotHubUnauthorized` if there is none
   */
  authorise(admits: (claims: TokenClaims) => boolean): TokenClaims;
}

/** The hub's end of a link on which it sends. Its methods must not throw. */
export interface SourceEndpoint {
  readonly kind: 'source';
  /** The attach is answered. */
  opened(link: OutgoingLink): void;
  /** `link.sendable()` has become true, or the client's credit has grown. */
  sendable(): void;
  /** The client has decided on a delivery that was sent unsettled. */
  outcome?(delivery: { readonly id: number; readonly tag: Buffer }, outcome: Outcome): void;
  /** The link is gone, whoever ended it; called once, also if `opened` never was. */
  closed(): void;
}

/** The hub's end of a link on which the client sends. Its methods must not throw. */
export interface TargetEndpoint {
  readonly kind: 'target';
  /** Deliveries that the client may have under way. */
  readonly credit: number;
  readonly maxMessageBytes: number;
  opened(link: IncomingLink): void;
  /** Must be settled once, now or later. */
  received(delivery: IncomingDelivery): void;
  closed(): void;
}

export type LinkEndpoint = SourceEndpoint | TargetEndpoint;

/** Serves the links to some addresses. */
export interface LinkHandler {
  /** Whether links to this address are this handler's; the first that says so gets them. */
  matches(address: string, client: ClientRole): boolean;
  /**
   * Decides on a link: resolves with its endpoint, of the kind that is the client's counterpart, or rejects with a HubError
   * or a LinkError, of which the client is told.
   */
  attach(request: AttachRequest): Promise<LinkEndpoint>;
}
