import type { StreamProtocol } from '../fronts.js';

/** Protocols of byte streams by WebSocket subprotocol, lower case. */
const PROTOCOL_BY_SUBPROTOCOL: ReadonlyMap<string, StreamProtocol> = new Map([
  ['mqtt', 'mqtt'],
  ['amqpwsb10', 'amqp'],
]);

/** Protocols by path, lower case: the hub's own, and the one that Event Hubs clients use. */
const PROTOCOLS_BY_PATH: ReadonlyMap<string, readonly StreamProtocol[]> = new Map([
  ['/$iothub/websocket', ['mqtt', 'amqp']],
  ['/$servicebus/websocket', ['amqp']],
]);

/**
 * The protocols that can be spoken at the target of an upgrade request; none if it is not a place for WebSockets.
 *
 * @param target as in the request line: a path or an absolute URI, a query behind it
 */
export function protocolsAt(target: string): readonly StreamProtocol[] {
  const path = target
    .replace(/^[a-z]+:\/\/[^/?#]*/i, '')
    .replace(/[?#].*$/, '')
    .replace(/\/$/, '')
    .replace(/^\/%24/, '/$');
  return PROTOCOLS_BY_PATH.get(path.toLowerCase()) ?? [];
}

/** The first subprotocol offered that stands for a protocol that can be spoken, as the client spelt it. */
export function chooseSubprotocol(
  offered: Iterable<string>,
  possible: readonly StreamProtocol[],
): { readonly subprotocol: string; readonly protocol: StreamProtocol } | undefined {
  for (const subprotocol of offered) {
    const protocol = PROTOCOL_BY_SUBPROTOCOL.get(subprotocol.toLowerCase());
    if (protocol !== undefined && possible.includes(protocol)) {
      return { subprotocol, protocol };
    }
  }
  return undefined;
}
