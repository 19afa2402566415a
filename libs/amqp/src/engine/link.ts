import type { HubError } from '@mooring/errors';
import type { TokenBearer } from '../cbs/token-store.js';
import type { IncomingLink } from '../links/incoming-link.js';
import type { ClientRole, LinkEndpoint } from '../links/link-handler.js';
import type { OutgoingLink } from '../links/outgoing-link.js';
import { addressOf } from '../links/terminus.js';
import type { Attach } from './attach.js';
import type { SessionEngine } from './session-engine.js';

/** One link of a session, from the peer's attach to its detach. Small, as idle devices keep several. */
export class Link implements TokenBearer {
  /** Asked for; answered; detached by this end. */
  state: 'asked' | 'open' | 'closing' = 'asked';
  /** Until it is answered. */
  attach: Attach | undefined;
  endpoint: LinkEndpoint | undefined;
  /** The hub's end, once it is open. */
  flowing: IncomingLink | OutgoingLink | undefined;
  readonly client: ClientRole;
  /** Of the hub's end, as the client wrote it. */
  readonly address: string;
  credit = 0;
  /** The client wants back the credit that is not used at once [AMQP 2.6.7]. */
  draining = false;
  deliveryCount: number;

  constructor(
    readonly session: SessionEngine,
    attach: Attach,
    /** That the hub uses in its frames. */
    readonly handle: number,
  ) {
    this.attach = attach;
    this.client = attach.client;
    this.address = addressOf(attach.client === 'receiver' ? attach.source : attach.target);
    this.deliveryCount = attach.client === 'sender' ? attach.initialDeliveryCount : 0;
  }

  revoked(error: HubError): void {
    this.session.closeLink(this, error);
  }
}
