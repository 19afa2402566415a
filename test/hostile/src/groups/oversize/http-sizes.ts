import { type Cast, deviceToken, policyToken } from '../../harness/cast.js';
import { type Attempt, atService, type Trial } from '../../trials/trial.js';
import { exchangeHttp, type HttpRequest, requestBytes } from '../../wire/http-exchange.js';

const KIB = 1024;
const VERSION = 'api-version=2021-04-12';
const long = (length: number) => 'x'.repeat(length);
const owner = (cast: Cast) => policyToken(cast, 'iothubowner');
const strings = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, long(4_000)]));

type Sized = readonly [what: string, by: 'device' | 'owner', request: HttpRequest];

/** `{own}` in a path is the attacker's id. */
const REQUESTS: readonly Sized[] = [
  ['telemetry above its limit by a byte', 'device', post('/devices/{own}/messages/events', long(256 * KIB + 1))],
  ['telemetry of 2 MB', 'device', post('/devices/{own}/messages/events', long(2_000_000))],
  [
    'telemetry above its limit by its properties',
    'device',
    { ...post('/devices/{own}/messages/events', long(256 * KIB - 100)), headers: [['iothub-app-a', long(200)]] },
  ],
  [
    'telemetry with a thousand properties',
    'device',
    {
      ...post('/devices/{own}/messages/events', 'x'),
      headers: Array.from({ length: 2_500 }, (_, n) => [`iothub-app-${n}`, 'x'] as const),
    },
  ],
  ['a twin above the limit of HTTP', 'owner', twin(`{"tags":"${long(1_100_000)}"}`)],
  ['tags above their limit', 'owner', twin(JSON.stringify({ tags: strings(3) }))],
  ['desired properties above their limit', 'owner', twin(JSON.stringify({ properties: { desired: strings(9) } }))],
  ['a method payload above its limit', 'owner', method(JSON.stringify({ methodName: 'm', payload: long(129 * KIB) }))],
  ['a method payload of 2 MB', 'owner', method(JSON.stringify({ methodName: 'm', payload: long(2_000_000) }))],
  ['a method with a name of 101 characters', 'owner', method(JSON.stringify({ methodName: long(101) }))],
  ['a C2D message above its limit by a byte', 'owner', post('/devices/{own}/messages/deviceBound', long(64 * KIB + 1))],
  ['a C2D message of a megabyte', 'owner', post('/devices/{own}/messages/deviceBound', long(1_000_000))],
  [
    'a query above its limit',
    'owner',
    post('/devices/query', JSON.stringify({ query: `SELECT * FROM devices WHERE deviceId = '${long(9_000)}'` })),
  ],
  [
    'a device of a megabyte',
    'owner',
    { method: 'PUT', path: '/devices/large', body: `{"statusReason":"${long(1_100_000)}"}` },
  ],
  ['a bulk of 101', 'owner', post('/devices', JSON.stringify(new Array(101).fill({ id: 'a', importMode: 'create' })))],
];

function post(path: string, body: string): HttpRequest {
  return { method: 'POST', path, body };
}

function twin(body: string): HttpRequest {
  return { method: 'PATCH', path: '/twins/{own}', body };
}

function method(body: string): HttpRequest {
  return post('/twins/{own}/methods', body);
}

export const HTTP_SIZES: readonly Trial[] = REQUESTS.map(
  ([what, by, request]): Trial => ({
    what: `HTTPS: ${what}`,
    run: (attempt) => {
      const there = by === 'device' ? attempt : atService(attempt);
      return exchangeHttp(there, bytesOf(there, by, request));
    },
  }),
);

function bytesOf({ stage: { cast }, attacker }: Attempt, by: Sized[1], request: HttpRequest): Buffer {
  const authorization = by === 'device' ? deviceToken(cast, attacker) : owner(cast);
  return requestBytes(cast.host, {
    ...request,
    path: `${request.path.replace('{own}', attacker.deviceId)}?${VERSION}`,
    headers: [...(request.headers ?? []), ['Authorization', authorization]],
  });
}
