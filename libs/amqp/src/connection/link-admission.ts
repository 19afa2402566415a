import { HubError } from '@mooring/errors';
import type { TokenBearer, TokenStore } from '../cbs/token-store.js';
import type { RheaLink } from '../engine/rhea-internals.js';
import type { SessionEngine } from '../engine/session-engine.js';
import { isMeantForClients, toAmqpError } from '../errors/amqp-error.js';
import { attachRequest } from '../links/attach-request.js';
import type { LinkEndpoint, LinkHandler } from '../links/link-handler.js';
import type { PeerInfo } from '../links/peer-info.js';
import type { ServerContext } from './server-context.js';

/** Takes an attach to the handler of its address and answers it with what that decides. */
export class LinkAdmission {
  private readonly bearers = new Map<RheaLink, TokenBearer>();

  constructor(
    private readonly context: ServerContext,
    private readonly tokens: TokenStore,
    /** Served on this connection only, before the server's own. */
    private readonly nodes: readonly LinkHandler[],
  ) {}

  ask(session: SessionEngine, link: RheaLink, peer: PeerInfo): void {
    this.context.metrics.links.inc();
    const bearer: TokenBearer = { revoked: (error) => session.closeLink(link, error) };
    this.bearers.set(link, bearer);
    const request = attachRequest(link, { peer, tokens: this.tokens, session, bearer });
    const handler =
      this.nodes.find((node) => node.matches(request.address, request.client)) ??
      this.context.handlers.find((candidate) => candidate.matches(request.address, request.client));
    if (handler === undefined) {
      this.refuse(session, link, new HubError('ResourceNotFound', 'Nothing is served at this address.'));
      return;
    }
    handler
      .attach(request)
      .then((endpoint) => this.admit(session, link, endpoint))
      .catch((error: unknown) => this.refuse(session, link, error));
  }

  left(link: RheaLink): void {
    const bearer = this.bearers.get(link);
    if (bearer !== undefined) {
      this.bearers.delete(link);
      this.tokens.release(bearer);
      this.context.metrics.links.dec();
    }
  }

  private admit(session: SessionEngine, link: RheaLink, endpoint: LinkEndpoint): void {
    if (endpoint.kind !== (link.remote.attach.role ? 'source' : 'target')) {
      endpoint.closed();
      throw new HubError('MethodNotAllowed', 'This address does not take links in this direction.');
    }
    session.links.open(session, link, endpoint);
  }

  private refuse(session: SessionEngine, link: RheaLink, error: unknown): void {
    const told = toAmqpError(error);
    this.context.metrics.linksRefused.inc({ condition: told.condition });
    if (!isMeantForClients(error)) {
      const trackingId = told.info['com.microsoft:tracking-id'];
      this.context.logger.error({ err: error, trackingId }, 'A link could not be attached.');
    }
    session.closeLink(link, told);
  }
}
