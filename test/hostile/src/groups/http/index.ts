import type { Group, Stage } from '../../stage.js';
import { runTrials, sample } from '../../trials/run-trials.js';
import { type Attempt, atService, type Trial } from '../../trials/trial.js';
import { exchangeHttp, type HttpRequest, requestBytes } from '../../wire/http-exchange.js';
import { ENDPOINTS, type Endpoint, ownerToken } from './endpoints.js';
import { BAD_BATCHES, BAD_CONTENT_TYPES, BAD_JSON, REQUEST_FAULTS } from './request-faults.js';
import { BAD_IDS, BAD_REQUESTS } from './rest-rows.js';
import { webSocketTrials } from './web-sockets.js';
import { BAD_WIRE } from './wire-rows.js';

const QUICK_FAULTS = 100;
const TOO_LARGE = '413';

/** Where the endpoint is served. */
function placed({ of }: Endpoint, attempt: Attempt): Attempt {
  return of === 'devices' ? attempt : atService(attempt);
}

/** An endpoint's request, changed. */
function changed(
  endpoint: Endpoint,
  what: string,
  change: (request: HttpRequest) => HttpRequest,
  right?: 'anything',
): Trial {
  return {
    what: `${endpoint.name}: ${what}`,
    ...(right && { right }),
    run: (attempt) => {
      const there = placed(endpoint, attempt);
      return exchangeHttp(there, requestBytes(there.stage.cast.host, change(endpoint.request(there))));
    },
  };
}

/** Each endpoint × each fault of a request, and of its body. */
function faults(): readonly Trial[] {
  const withType = (request: HttpRequest, type: string): HttpRequest => ({
    ...request,
    headers: [...(request.headers ?? []).filter(([name]) => name !== 'Content-Type'), ['Content-Type', type]],
  });
  return ENDPOINTS.flatMap((endpoint) => [
    ...REQUEST_FAULTS.map(
      ({ what, bytes, lawful, inBody }): Trial => ({
        what: `${endpoint.name}: ${what}`,
        ...((lawful || (inBody && endpoint.takes === 'nothing')) && { right: 'anything' }),
        run: (attempt) => {
          const there = placed(endpoint, attempt);
          return exchangeHttp(there, bytes(there.stage.cast.host, endpoint.request(there)));
        },
      }),
    ),
    ...(endpoint.takes === 'json'
      ? [
          ...BAD_JSON.map(([what, body, right]) => changed(endpoint, what, (request) => ({ ...request, body }), right)),
          ...(endpoint.name === 'a batch of telemetry'
            ? BAD_BATCHES.map(([what, body]) => changed(endpoint, what, (request) => ({ ...request, body })))
            : BAD_CONTENT_TYPES.map((type) =>
                changed(endpoint, `the content type ${type}`, (request) => withType(request, type)),
              )),
        ]
      : []),
  ]);
}

/** What is wrong with requests of back ends, by what is in them. */
function rows(): readonly Trial[] {
  const ask = (attempt: Attempt, request: HttpRequest, authorization?: string) => {
    const there = atService(attempt);
    const { cast } = there.stage;
    const headers = [['Authorization', authorization ?? ownerToken(cast)] as const, ...(request.headers ?? [])];
    return exchangeHttp(there, requestBytes(cast.host, { ...request, headers }));
  };
  return [
    ...BAD_REQUESTS.map(
      ([what, right, { method = 'GET', path, body, headers, authorization }]): Trial => ({
        what,
        right: [right.join(' ')],
        run: (attempt) => {
          const token = authorization?.(atService(attempt).stage.cast);
          attempt.stage.cast.secrets.keepSignature(token ?? '');
          const request = { method, path, headers: Object.entries(headers ?? {}), body: body?.() ?? '' };
          return ask(attempt, request, token);
        },
      }),
    ),
    ...['GET', 'PUT', 'DELETE'].flatMap((method) =>
      BAD_IDS.map(
        ([what, id, right]): Trial => ({
          what: `${method} of an id ${what}`,
          right: [right.join(' ')],
          run: (attempt) =>
            ask(attempt, {
              method,
              path: `/devices/${id}?api-version=2021-04-12`,
              headers: method === 'DELETE' ? [['If-Match', '*']] : [],
              body: method === 'PUT' ? '{}' : '',
            }),
        }),
      ),
    ),
    ...BAD_WIRE.map(
      ([what, status, request]): Trial => ({
        what: `on the wire: ${what}`,
        // An answer that is sent while a body still comes may be lost with the connection.
        right: status === TOO_LARGE ? [status, 'closed'] : [status],
        run: async (attempt) => {
          const { host } = attempt.stage.cast;
          const outcome = await exchangeHttp(attempt, Buffer.from(request(host, ownerToken(attempt.stage.cast))));
          return { ...outcome, how: outcome.how.split(' ')[0] ?? '' };
        },
      }),
    ),
  ];
}

export const HTTP: Group = {
  name: 'http',
  tries: 'each endpoint × each fault of request line, headers, framing, JSON and batch; smuggling; WebSockets',
  attack: (stage: Stage) =>
    runTrials(stage, [
      ...(stage.quick ? sample(faults(), QUICK_FAULTS) : faults()),
      ...rows(),
      ...webSocketTrials(stage),
    ]),
};
