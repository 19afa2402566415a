import type { Duplex } from 'node:stream';
import type { HttpFront } from '../fronts.js';

/**
 * Requests of one connection that wait for their answers. Node.js parses all that a client has sent and hands them on at once,
 * so that one connection could have tens of thousands served side by side. Nobody who means well sends many ahead.
 */
export const MAX_WAITING_REQUESTS = 32;

/** Closes connections on which more is asked than is answered; no error could be told before the answers that wait. */
export function boundPipelining(front: HttpFront): HttpFront {
  const waiting = new WeakMap<Duplex, number>();
  return (request, response) => {
    const { socket } = request;
    const before = waiting.get(socket) ?? 0;
    if (before >= MAX_WAITING_REQUESTS) {
      socket.destroy();
    }
    // What was parsed together with the request too many comes here too.
    if (socket.destroyed) {
      return;
    }
    waiting.set(socket, before + 1);
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    front(request, response);
  };
}
