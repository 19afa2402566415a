import type { LinkAddress } from '../../wire/amqp-login.js';
import type { HttpRequest } from '../../wire/http-exchange.js';

/** Who an operation is on: a device, or a module of one. */
export interface Subject {
  readonly name: string;
  /** In paths and addresses. */
  readonly path: string;
}

export const VICTIM: Subject = { name: 'another device', path: 'devices/victim' };
export const ITS_MODULE: Subject = { name: "another device's module", path: 'devices/victim/modules/m' };

const VERSION = 'api-version=2021-04-12';
const LOCK = '00010203-0405-0607-0809-0a0b0c0d0e0f';

/** Topics that a subject publishes to. */
export const publishes = ({ path }: Subject): readonly string[] => [
  `${path}/messages/events/`,
  `${path}/messages/events/a=b`,
  `${path}/messages/devicebound/`,
  `${path}/inputs/a/`,
];

/** Filters that a subject subscribes to. */
export const subscribes = ({ path }: Subject): readonly string[] => [
  `${path}/messages/devicebound/#`,
  `${path}/inputs/#`,
  `${path}/#`,
];

/** Links that a subject attaches. */
export const links = ({ path }: Subject): readonly LinkAddress[] => [
  { address: `/${path}/messages/events`, role: 'sender' },
  { address: `/${path}/messages/events`, role: 'receiver' },
  { address: `/${path}/messages/devicebound`, role: 'receiver' },
  { address: `/${path}/methods/devicebound`, role: 'receiver' },
  { address: `/${path}/methods/devicebound`, role: 'sender' },
  { address: `/${path}/twin`, role: 'receiver' },
  { address: `/${path}/twin`, role: 'sender' },
];

/** Requests that a subject makes. */
export const requests = ({ path }: Subject): readonly HttpRequest[] => [
  { method: 'POST', path: `/${path}/messages/events?${VERSION}`, body: 'cross' },
  {
    method: 'POST',
    path: `/${path}/messages/events?${VERSION}`,
    headers: [['Content-Type', 'application/vnd.microsoft.iothub.json']],
    body: '[{"body":"YQ=="}]',
  },
  { method: 'GET', path: `/${path}/messages/devicebound?${VERSION}` },
  { method: 'DELETE', path: `/${path}/messages/devicebound/${LOCK}?${VERSION}` },
  { method: 'DELETE', path: `/${path}/messages/devicebound/${LOCK}?reject&${VERSION}` },
  { method: 'POST', path: `/${path}/messages/devicebound/${LOCK}/abandon?${VERSION}` },
  { method: 'POST', path: `/${path.replace('devices', 'twins')}/methods?${VERSION}`, body: '{"methodName":"m"}' },
];

/** Links of back ends. */
export const SERVICE_LINKS: readonly LinkAddress[] = [
  { address: '/messages/devicebound', role: 'sender' },
  { address: '/messages/serviceBound/feedback', role: 'receiver' },
  { address: '/messages/serviceBound/filenotifications', role: 'receiver' },
  { address: '/messages/events/$management', role: 'receiver' },
  { address: 'events/ConsumerGroups/$Default/Partitions/0', role: 'receiver' },
  { address: '$management', role: 'sender' },
];

type Right = 'RegistryRead' | 'RegistryWrite' | 'ServiceConnect' | 'all';
const get = (path: string, right: Right) => ({ method: 'GET', path: `${path}?${VERSION}`, right });
const write = (method: string, path: string, right: Right, body = '{}') => ({
  method,
  path: `${path}?${VERSION}`,
  right,
  body,
  headers: [['If-Match', '*']] as const,
});

/** Requests of back ends, with the right that each needs. */
export const SERVICE_REQUESTS: readonly (HttpRequest & { readonly right: Right })[] = [
  get('/devices', 'RegistryRead'),
  write('POST', '/devices', 'RegistryWrite', '[{"id":"new","importMode":"create"}]'),
  write('POST', '/devices/query', 'RegistryRead', '{"query":"SELECT * FROM devices"}'),
  get('/statistics/devices', 'RegistryRead'),
  get('/statistics/service', 'ServiceConnect'),
  ...['/devices/victim', '/devices/victim/modules/m'].flatMap((path) => [
    get(path, 'RegistryRead'),
    write('PUT', path, 'RegistryWrite'),
    write('DELETE', path, 'RegistryWrite'),
    write('POST', `${path}/messages/deviceBound`, 'ServiceConnect', 'cross'),
    write('DELETE', `${path}/commands`, 'ServiceConnect'),
  ]),
  get('/devices/victim/modules', 'RegistryRead'),
  ...['/twins/victim', '/twins/victim/modules/m'].flatMap((path) => [
    get(path, 'ServiceConnect'),
    write('PATCH', path, 'ServiceConnect', '{"tags":{"cross":true}}'),
    write('PUT', path, 'ServiceConnect', '{"tags":{"cross":true}}'),
    write('POST', `${path}/methods`, 'ServiceConnect', '{"methodName":"m"}'),
  ]),
  get('/messages/serviceBound/feedback', 'ServiceConnect'),
  write('DELETE', `/messages/serviceBound/feedback/${LOCK}`, 'ServiceConnect'),
  write('POST', `/messages/serviceBound/feedback/${LOCK}/abandon`, 'ServiceConnect'),
  ...['certificates', 'policies'].flatMap((kind) => [
    get(`/management/${kind}`, 'all'),
    get(`/management/${kind}/x`, 'all'),
    write('PUT', `/management/${kind}/x`, 'all'),
    write('DELETE', `/management/${kind}/x`, 'all'),
  ]),
  get('/management/operations', 'all'),
];

/** What the policies of a new hub may. */
export const POLICY_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  service: ['ServiceConnect'],
  device: ['DeviceConnect'],
  registryRead: ['RegistryRead'],
  registryReadWrite: ['RegistryRead', 'RegistryWrite'],
};
