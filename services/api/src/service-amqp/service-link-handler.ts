import { type AttachRequest, type ClientRole, type LinkEndpoint, LinkError, type LinkHandler } from '@mooring/amqp';
import { HubError, isHubError } from '@mooring/errors';
import { admitsService } from './access/hub-claims.js';
import { DeviceBoundLink } from './device-bound/device-bound-link.js';
import { redirectToEventHub } from './events/event-hub-redirect.js';
import { FeedbackLink } from './feedback/feedback-link.js';
import type { FeedbackPoll } from './feedback/feedback-poll.js';
import type { FeedbackSettler } from './feedback/feedback-settler.js';
import { parseServiceAddress, type ServiceAddress } from './service-address.js';
import type { ServiceAmqpMetrics } from './service-amqp-metrics.js';
import type { ServiceAmqpOptions } from './service-amqp-options.js';

/** What a token must cover to use each address. */
const PATHS: Readonly<Record<Exclude<ServiceAddress['kind'], 'events'>, readonly string[]>> = {
  'device-bound': ['messages', 'devicebound'],
  feedback: ['messages', 'servicebound', 'feedback'],
  'file-notifications': ['messages', 'servicebound', 'filenotifications'],
};

export interface ServiceLinkHandlerOptions
  extends Pick<ServiceAmqpOptions, 'c2dQueue' | 'hubName' | 'eventHub' | 'throttles' | 'quota' | 'logger'> {
  readonly poll: FeedbackPoll;
  readonly settler: FeedbackSettler;
  readonly metrics: ServiceAmqpMetrics;
}

/** Serves the links of back ends to the hub itself. */
export class ServiceLinkHandler implements LinkHandler {
  constructor(private readonly options: ServiceLinkHandlerOptions) {}

  matches(address: string, _client: ClientRole): boolean {
    return parseServiceAddress(address) !== undefined;
  }

  async attach(request: AttachRequest): Promise<LinkEndpoint> {
    const address = parseServiceAddress(request.address);
    if (address === undefined) {
      throw new HubError('ResourceNotFound', 'Nothing is served at this address.');
    }
    const link = address.kind;
    try {
      const path = pathOf(address);
      request.authorise((claims) => admitsService(claims, path));
      const endpoint = this.open(address, request);
      this.options.metrics.links.inc({ link, outcome: 'attached' });
      return endpoint;
    } catch (error) {
      this.options.metrics.links.inc({ link, outcome: outcomeOf(error) });
      throw error;
    }
  }

  private open(address: ServiceAddress, request: AttachRequest): LinkEndpoint {
    switch (address.kind) {
      case 'device-bound':
        requireRole(request, 'sender');
        return new DeviceBoundLink(this.options);
      case 'feedback':
        requireRole(request, 'receiver');
        return new FeedbackLink({ ...this.options, presettled: request.presettled });
      case 'file-notifications':
        throw new LinkError('amqp:not-implemented', 'This hub has no file notifications.');
      case 'events':
        throw redirectToEventHub(this.options.eventHub, address.rest);
    }
  }
}

function pathOf(address: ServiceAddress): readonly string[] {
  return address.kind === 'events'
    ? ['messages', 'events', ...address.rest.toLowerCase().split('/')]
    : PATHS[address.kind];
}

function requireRole(request: AttachRequest, role: ClientRole): void {
  if (request.client !== role) {
    throw new HubError('MethodNotAllowed', `At this address the hub takes links of a ${role} only.`);
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof LinkError) {
    return error.condition === 'amqp:link:redirect' ? 'redirected' : error.condition;
  }
  return isHubError(error) ? error.error : 'failed';
}
