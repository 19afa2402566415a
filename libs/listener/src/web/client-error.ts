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

const OTHER_VERSION: Refusal = {
  status: '505 HTTP Version Not Supported',
  error: 'ArgumentInvalid',
  message: 'HTTP is spoken in the versions 1.0 and 1.1.',
};
const VERSIONS = new Set(['1.0', '1.1']);

/**
 * Refuses what Node.js' parser takes and what is in front of the hub may have read otherwise: another version of HTTP, no host
 * or two (RFC 9112, section 3.2), two tokens. Its connection is closed, and what was parsed behind it is not served.
 */
export function requireOneReading(front: HttpFront, clock: Pick<Clock, 'now'>): HttpFront {
  return (request, response) => {
    const { socket } = request;
    if (socket.writableEnded) {
      return;
    }
    const refusal = refusalOf(request);
    if (refusal === undefined) {
      front(request, response);
    } else {
      // A client that does not close its side would keep the connection for ever.
      socket.end(answerOf(refusal, clock.now()), () => socket.destroy());
    }
  };
}

function refusalOf({ httpVersion, headers, rawHeaders }: IncomingMessage): Refusal | undefined {
  if (!VERSIONS.has(httpVersion)) {
    return OTHER_VERSION;
  }
  const hasNoHost = headers.host === undefined && httpVersion === '1.1';
  return hasNoHost || isTwiceIn(rawHeaders, 'host') || isTwiceIn(rawHeaders, 'authorization') ? MALFORMED : undefined;
}

/** @param rawHeaders names and values in turn */
function isTwiceIn(rawHeaders: readonly string[], header: string): boolean {
  let found = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === header.length && name.toLowerCase() === header) {
      found++;
    }
  }
  return found > 1;
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
