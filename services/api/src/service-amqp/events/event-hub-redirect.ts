import { LinkError } from '@mooring/amqp';

/** Where the built-in endpoint is served to Event Hubs clients. */
export interface EventHubAddress {
  readonly host: string;
  readonly port: number;
  /** Name of the event hub, e.g. `events`. */
  readonly entity: string;
}

/**
 * Sends on a client that asks the hub itself for events, as it would be from an IoT hub to the namespace that keeps them
 * [AMQP 2.8.18]; clients find the entity in the address.
 *
 * @param rest of the address that was asked for, behind `/messages/events`
 */
export function redirectToEventHub({ host, port, entity }: EventHubAddress, rest: string): LinkError {
  const path = rest === '' ? entity : `${entity}/${rest}`;
  return new LinkError('amqp:link:redirect', 'Events are read from the Event Hubs-compatible endpoint.', {
    hostname: host,
    'network-host': host,
    port,
    address: `amqps://${host}:${port}/${path}`,
  });
}
