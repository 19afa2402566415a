import { type Cast, deviceToken, policyToken } from '../../harness/cast.js';
import type { Attempt } from '../../trials/trial.js';
import type { HttpRequest } from '../../wire/http-exchange.js';

/** A request that would be served as it is. */
export interface Endpoint {
  readonly name: string;
  /** Of its body. */
  readonly takes: 'json' | 'bytes' | 'nothing';
  readonly of: 'devices' | 'back ends';
  request(attempt: Attempt): HttpRequest;
}

const VERSION = 'api-version=2021-04-12';
const LOCK = '00010203-0405-0607-0809-0a0b0c0d0e0f';
const BATCH = 'application/vnd.microsoft.iothub.json';

const byDevice =
  (rest: Omit<HttpRequest, 'path' | 'headers'>, path: string, contentType = 'application/octet-stream') =>
  ({ stage, attacker }: Attempt): HttpRequest => ({
    ...rest,
    path: `/devices/${attacker.deviceId}${path}?${VERSION}`,
    headers: [
      ['Authorization', deviceToken(stage.cast, attacker)],
      ['Content-Type', contentType],
    ],
  });
const byOwner =
  (method: string, path: string, body?: string) =>
  ({ stage, attacker }: Attempt): HttpRequest => ({
    method,
    path: `${path.replace('{own}', attacker.deviceId)}?${VERSION}`,
    headers: [['Authorization', ownerToken(stage.cast)]],
    ...(body === undefined ? {} : { body }),
  });

export function ownerToken(cast: Cast): string {
  return policyToken(cast, 'iothubowner');
}

/** Of devices and of back ends, one of each kind. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    name: 'telemetry',
    takes: 'bytes',
    of: 'devices',
    request: byDevice({ method: 'POST', body: 'corpus' }, '/messages/events'),
  },
  {
    name: 'a batch of telemetry',
    takes: 'json',
    of: 'devices',
    request: byDevice({ method: 'POST', body: '[{"body":"YQ=="}]' }, '/messages/events', BATCH),
  },
  {
    name: 'C2D receive',
    takes: 'nothing',
    of: 'devices',
    request: byDevice({ method: 'GET' }, '/messages/devicebound'),
  },
  {
    name: 'C2D complete',
    takes: 'nothing',
    of: 'devices',
    request: byDevice({ method: 'DELETE' }, `/messages/devicebound/${LOCK}`),
  },
  {
    name: 'C2D abandon',
    takes: 'nothing',
    of: 'devices',
    request: byDevice({ method: 'POST' }, `/messages/devicebound/${LOCK}/abandon`),
  },
  { name: 'a device by GET', takes: 'nothing', of: 'back ends', request: byOwner('GET', '/devices/{own}') },
  {
    name: 'a device by PUT',
    takes: 'json',
    of: 'back ends',
    request: byOwner('PUT', '/devices/odd-{own}', '{"status":"enabled"}'),
  },
  {
    name: 'a twin by PATCH',
    takes: 'json',
    of: 'back ends',
    request: byOwner('PATCH', '/twins/{own}', '{"tags":{"a":1}}'),
  },
  {
    name: 'a method',
    takes: 'json',
    of: 'back ends',
    request: byOwner('POST', '/twins/{own}/methods', '{"methodName":"m","responseTimeoutInSeconds":5}'),
  },
  {
    name: 'a query',
    takes: 'json',
    of: 'back ends',
    request: byOwner('POST', '/devices/query', '{"query":"SELECT * FROM devices"}'),
  },
  {
    name: 'a C2D message',
    takes: 'bytes',
    of: 'back ends',
    request: byOwner('POST', '/devices/{own}/messages/deviceBound', 'x'),
  },
  {
    name: 'a management resource',
    takes: 'json',
    of: 'back ends',
    request: byOwner('PUT', '/management/policies/odd', '{"rights":["ServiceConnect"]}'),
  },
];
