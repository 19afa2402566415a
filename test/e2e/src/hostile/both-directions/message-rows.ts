import rhea from 'rhea';
import type { HttpError } from '../../support/http-error.js';
import type { Call } from '../../support/https.js';
import { INVALID, NO_DEVICE, NO_MODULE, TOO_LARGE, VERSION } from './attacks.js';

const { types } = rhea;
const DAY_MS = 24 * 60 * 60 * 1000;
const LARGEST = 64 * 1024;

export const to = (deviceId: string, rest = '') => `/devices/${deviceId}${rest}/messages/deviceBound`;
export const VICTIM = to('victim');
const later = (ms: number) => new Date(Date.now() + ms).toISOString();

/** The device that the record is about. */
type Recorded = string | 'not recorded';

/** By POST to the victim's queue, unless the request says otherwise; recorded as of the victim. */
export const BAD_POSTS: readonly (readonly [
  what: string,
  error: HttpError,
  request: () => Partial<Call>,
  recorded?: Recorded,
])[] = [
  ['for a device that there is none of', NO_DEVICE, () => ({ path: `${to('nobody')}?${VERSION}` }), 'nobody'],
  ['for a module that there is none of', NO_MODULE, () => ({ path: `${to('victim', '/modules/none')}?${VERSION}` })],
  ['for an id that is none', INVALID, () => ({ path: `${to('a%20b')}?${VERSION}` }), 'not recorded'],
  ['that has expired', INVALID, () => ({ headers: { 'iothub-expiry': later(-1_000) } })],
  ['that expired in 1970', INVALID, () => ({ headers: { 'iothub-expiry': '1970-01-01T00:00:00.001Z' } })],
  ['that expires in more than two days', INVALID, () => ({ headers: { 'iothub-expiry': later(2 * DAY_MS + 60_000) } })],
  ['that expires in the year 9999', INVALID, () => ({ headers: { 'iothub-expiry': '9999-12-31T23:59:59Z' } })],
  ['that expires at no time', INVALID, () => ({ headers: { 'iothub-expiry': 'tomorrow' } }), 'not recorded'],
  ['that expires on the 31st of February', INVALID, () => ({ headers: { 'iothub-expiry': '2030-02-31T00:00:00Z' } })],
  ['with an acknowledgement that is none', INVALID, () => ({ headers: { 'iothub-ack': 'maybe' } }), 'not recorded'],
  ['with an acknowledgement __proto__', INVALID, () => ({ headers: { 'iothub-ack': '__proto__' } }), 'not recorded'],
  ['whose body is too large', TOO_LARGE, () => ({ body: 'x'.repeat(LARGEST + 1) }), 'not recorded'],
  ['of a megabyte', TOO_LARGE, () => ({ body: 'x'.repeat(1_000_000) }), 'not recorded'],
  [
    'that is too large with its properties',
    TOO_LARGE,
    () => ({ body: 'x'.repeat(LARGEST - 10), headers: { 'iothub-app-a': 'x'.repeat(10) } }),
  ],
  ['with 101 properties', INVALID, () => ({ headers: properties(101) })],
  ['with a property twice', INVALID, () => ({ headers: { 'iothub-app-a': ['1', '2'] } })],
  ['with a system property as a property', INVALID, () => ({ headers: { 'iothub-app-$.mid': 'forged' } })],
  ['with a name above its limit', INVALID, () => ({ headers: { [`iothub-app-${'n'.repeat(257)}`]: '1' } })],
  ['with a control character in a property', INVALID, () => ({ headers: { 'iothub-app-a': 'a\u00c2\u0085b' } })],
  ['whose properties are too long for a topic', TOO_LARGE, () => ({ headers: { 'iothub-app-a': '%'.repeat(11_000) } })],
  ['with a message id above its limit', INVALID, () => ({ headers: { 'iothub-messageid': 'm'.repeat(129) } })],
];

/** Over AMQP: the link stays, the message is rejected. */
export const BAD_SENDS: readonly (readonly [
  what: string,
  expected: HttpError,
  condition: string,
  message: () => object,
  recorded?: Recorded,
])[] = [
  ['for a device that there is none of', NO_DEVICE, 'amqp:not-found', () => ({ to: to('nobody') }), 'nobody'],
  ['for a module that there is none of', NO_MODULE, 'amqp:not-found', () => ({ to: to('victim', '/modules/none') })],
  ['for nobody', INVALID, 'com.microsoft:argument-error', () => ({ to: undefined }), 'not recorded'],
  [
    'for an address of something else',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ to: '/devices/victim/messages/events' }),
    'not recorded',
  ],
  [
    'for a device behind another',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ to: '/devices/a/../listener/messages/devicebound' }),
    'not recorded',
  ],
  ['for an id that is none', INVALID, 'com.microsoft:argument-error', () => ({ to: to('ä') }), 'not recorded'],
  [
    'that has expired',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ absolute_expiry_time: new Date(Date.now() - 1_000) }),
  ],
  [
    'that expires in more than two days',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ absolute_expiry_time: new Date(Date.now() + 3 * DAY_MS) }),
  ],
  [
    'with an acknowledgement that is none',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ application_properties: { 'iothub-ack': 'maybe' } }),
    'not recorded',
  ],
  ['that is too large', TOO_LARGE, 'amqp:link:message-size-exceeded', () => ({ body: data(LARGEST + 1) })],
  ['with 101 properties', INVALID, 'com.microsoft:argument-error', () => ({ application_properties: properties(101) })],
  [
    'with a system property as a property',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ application_properties: { '$.mid': 'forged' } }),
  ],
  [
    'with a line feed in a property',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ application_properties: { a: 'b\r\nc: d' } }),
  ],
  [
    'with a map as a property',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ application_properties: { a: types.wrap_map({ b: 1 }) } }),
    'not recorded',
  ],
  [
    'whose properties are too long for a topic',
    TOO_LARGE,
    'amqp:link:message-size-exceeded',
    () => ({ application_properties: { a: '€'.repeat(4_000) } }),
  ],
  [
    'with a message id above its limit',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ message_id: 'm'.repeat(129) }),
  ],
  [
    'whose body is a map',
    INVALID,
    'com.microsoft:argument-error',
    () => ({ body: types.wrap_map({ a: 1 }) }),
    'not recorded',
  ],
];

function properties(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`iothub-app-p${at}`, '1']));
}

/** The body of a message over AMQP. */
export function data(length: number): unknown {
  return rhea.message.data_section(Buffer.alloc(length));
}
