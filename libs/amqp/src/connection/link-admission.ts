import { HubError } from '@mooring/errors';
import type { TokenStore } from '../cbs/token-store.js';
import type { Attach } from '../engine/attach.js';
import type { Link } from '../engine/link.js';
import { isMeantForClients, toAmqpError } from '../errors/amqp-error.js';
import { attachRequest } from '../links/attach-request.js';
import type { LinkEndpoint, LinkHandler } from '../links/link-handler.js';
import type { PeerInfo } from '../links/peer-info.js';
import type { ServerContext } from './server-context.js';

/** Takes an attach to the handler of its address and answers it with what that decides. */
export class LinkAdmission {
  constructor(
    private readonly context: ServerContext,
    private readonly tokens: TokenStore,
    /** Served on this connection only, before the server's own. */
    private readonly nodes: readonly LinkHandler[],
  ) {}

  ask(link: Link, attach: Attach, peer: PeerInfo): void {
    this.context.metrics.links.inc();
    const request = attachRequest(attach, { peer, tokens: this.tokens, link });
    const handler =
      this.nodes.find((node) => node.matches(request.address, request.client)) ??
      this.context.handlers.find((candidate) => candidate.matches(request.address, request.client));
    if (handler === undefined) {
      this.refuse(link, new HubError('ResourceNotFound', 'Nothing is served at this address.'));
      return;
    }
    handler
      .attach(request)
      .then((endpoint) => this.admit(link, endpoint))
      .catch((error: unknown) => this.refuse(link, error));
  }

  left(link: Link): void {
    this.tokens.release(link);
    this.context.metrics.links.dec();
  }

  private admit(link: Link, endpoint: LinkEndpoint): void {
    if (endpoint.kind !== (link.client === 'receiver' ? 'source' : 'target')) {
      endpoint.closed();
      throw new HubError('MethodNotAllowed', 'This address does not take links in this direction.');
    }
    link.session.links.open(link, endpoint);
    this.releaseIfGone(link);
  }

  private refuse(link: Link, error: unknown): void {
    const told = toAmqpError(error);
    this.context.metrics.linksRefused.inc({ condition: told.condition });
    if (!isMeantForClients(error)) {
      const trackingId = told.info['com.microsoft:tracking-id'];
      this.context.logger.error({ err: error, trackingId }, 'A link could not be attached.');
    }
    link.session.closeLink(link, told);
    this.releaseIfGone(link);
  }

  /** Who was still being authorised while the client left must not be held by a token. */
  private releaseIfGone(link: Link): void {
    if (link.state === 'closing') {
      this.tokens.release(link);
    }
  }
}
