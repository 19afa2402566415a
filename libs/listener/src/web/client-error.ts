import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '@mooring/clock';
import {
  ERROR_CODE_HEADER,
  type ErrorName,
  errorBody,
  HubError,
  newTrackingId,
  REQUEST_ID_HEADER,
} from '@mooring/errors';
import type { HttpFront } from '../fronts.js';

interface Refusal {
  readonly status: string;
  readonly error: ErrorName;
  readonly message: string;
}

const MALFORMED: Refusal = {
  status: '400 Bad Request',
  error: 'ArgumentInvalid',
  message: 'The request is not HTTP, or can be read in more than one way.',
};

/** By the code of the error of Node.js' HTTP parser. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    error: 'ArgumentInvalid',
    message: 'The headers of the request are too large.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: '413 Payload Too Large',
    error: 'MessageTooLarge',
    message: 'What the chunks of the body carry beside it is too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    error: 'ArgumentInvalid',
    message: 'The request did not come in time.',
  },
};

/** RFC 9112, section 3.2: a request without a host is refused, and so nobody may guess whom it was for. */
export function requireHost(front: HttpFront, clock: Pick<Clock, 'now'>): HttpFront {
  return (request, response) => {
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      request.socket.end(answerOf(MALFORMED, clock.now()));
    } else {
      front(request, response);
    }
  };
}

/**
 * Answers what is no request, in the form in which SDKs read all errors of the hub, and closes its connection: where it ends
 * is not known, so that nothing behind it can be one either.
 */
export function answerClientErrors(server: Server, clock: Pick<Clock, 'now'>): void {
  const lastAnswer = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    lastAnswer.set(request.socket, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const answer = lastAnswer.get(socket);
    const isAnswering = answer?.headersSent === true && !answer.writableFinished;
    if (!socket.writable || isAnswering || error.code === 'ECONNRESET') {
      socket.destroy();
    } else {
      socket.end(answerOf(REFUSALS[error.code ?? ''] ?? MALFORMED, clock.now()), () => socket.destroy());
    }
  });
}

function answerOf({ status, error, message }: Refusal, nowMs: number): string {
  const body = JSON.stringify(errorBody(new HubError(error, message), nowMs, 'text'));
  const headers = [
    `${ERROR_CODE_HEADER}: ${error}`,
    `${REQUEST_ID_HEADER}: ${newTrackingId()}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}
