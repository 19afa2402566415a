import { type Cast, token } from '../../harness/cast.js';

export interface BadRequest {
  readonly method?: string;
  readonly path: string;
  readonly body?: () => string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The owner's where absent. */
  readonly authorization?: (cast: Cast) => string;
}

type HttpError = readonly [status: number, code: string];

const UNAUTHORIZED: HttpError = [401, 'IotHubUnauthorized'];
const NO_RIGHT: HttpError = [401, 'IotHubUnauthorizedAccess'];
const INVALID: HttpError = [400, 'ArgumentInvalid'];
const NOT_JSON: HttpError = [400, 'DeserializationError'];
const NO_VERSION: HttpError = [400, 'InvalidProtocolVersion'];
const MISSING: HttpError = [400, 'ArgumentNull'];
const NO_RESOURCE: HttpError = [404, 'ResourceNotFound'];
const NO_DEVICE: HttpError = [404, 'DeviceNotFound'];
const TOO_LARGE: HttpError = [413, 'MessageTooLarge'];
const BAD_TYPE: HttpError = [415, 'UnsupportedMediaType'];
const MISMATCH: HttpError = [412, 'PreconditionFailed'];

const VERSION = '?api-version=2021-04-12';
const VICTIM = `/devices/victim${VERSION}`;
const put = (body: () => string, headers: Readonly<Record<string, string>> = {}): BadRequest => ({
  method: 'PUT',
  path: VICTIM,
  body,
  headers: { 'if-match': '*', ...headers },
});
const by = (authorization: (cast: Cast) => string): BadRequest => ({ path: VICTIM, authorization });
const owner = ({ host, policyKeys }: Cast, more: { resource?: string; policy?: string; seconds?: number } = {}) =>
  token({ resource: host, policy: 'iothubowner', key: policyKeys['iothubowner'] ?? '', ...more });
const DEEP = 100_000;

export const BAD_REQUESTS: readonly (readonly [what: string, error: HttpError, request: BadRequest])[] = [
  ['no token', UNAUTHORIZED, by(() => '')],
  ['a bearer token', UNAUTHORIZED, by(() => 'Bearer abc')],
  ['basic authentication', UNAUTHORIZED, by(() => 'Basic dXNlcjpwYXNz')],
  ['the scheme alone', UNAUTHORIZED, by(() => 'SharedAccessSignature')],
  ['a token of 8 KB', UNAUTHORIZED, by((cast) => `${owner(cast)}&x=${'y'.repeat(8_000)}`)],
  ['a token with a field twice', UNAUTHORIZED, by((cast) => `${owner(cast)}&se=4000000000`)],
  ['a token whose expiry was put off', UNAUTHORIZED, by((cast) => owner(cast).replace(/se=\d+/, 'se=4000000000'))],
  ['a token that has expired', UNAUTHORIZED, by((cast) => owner(cast, { seconds: -1 }))],
  ['a token of another hub', UNAUTHORIZED, by((cast) => owner(cast, { resource: 'hub.example.com' }))],
  ['a token of another device', UNAUTHORIZED, by((cast) => owner(cast, { resource: `${cast.host}/devices/other` }))],
  ['a token of a policy that there is none of', UNAUTHORIZED, by((cast) => owner(cast, { policy: '__proto__' }))],
  ["a token by another policy's key", UNAUTHORIZED, by((cast) => owner(cast, { policy: 'service' }))],
  [
    "a device's own token",
    UNAUTHORIZED,
    by(({ host, keys }) => token({ resource: `${host}/devices/victim`, key: keys.victim })),
  ],
  [
    'a policy without the right',
    NO_RIGHT,
    by(({ host, policyKeys }) => token({ resource: host, key: policyKeys['device'] ?? '', policy: 'device' })),
  ],
  [
    'a policy that may read but not write',
    NO_RIGHT,
    {
      ...put(() => '{}'),
      authorization: ({ host, policyKeys }) =>
        token({ resource: host, key: policyKeys['registryRead'] ?? '', policy: 'registryRead' }),
    },
  ],
  [
    'management by one who may not all',
    NO_RIGHT,
    {
      path: '/management/policies',
      authorization: ({ host, policyKeys }) =>
        token({ resource: host, key: policyKeys['registryReadWrite'] ?? '', policy: 'registryReadWrite' }),
    },
  ],
  ['no api-version', NO_VERSION, { path: '/devices/victim' }],
  ['an api-version that is no date', NO_VERSION, { path: '/devices/victim?api-version=latest' }],
  ['an api-version twice', NO_VERSION, { path: `${VICTIM}&api-version=2021-04-12` }],
  ['a page of no devices', INVALID, { path: `/devices${VERSION}&top=0` }],
  ['a page of too many devices', INVALID, { path: `/devices${VERSION}&top=1001` }],
  ['a page of a fraction', INVALID, { path: `/devices${VERSION}&top=1.5` }],
  ['a page of everything', INVALID, { path: `/devices${VERSION}&top=1e9` }],
  ['two pages', INVALID, { path: `/devices${VERSION}&top=1&top=2` }],
  ['an unknown route', NO_RESOURCE, { path: `/nothing${VERSION}` }],
  ['the root', NO_RESOURCE, { path: '/' }],
  ['a route that leads elsewhere', NO_RESOURCE, { path: `/devices/../management/policies${VERSION}` }],
  ['a route with a double slash', NO_RESOURCE, { path: `//devices/victim${VERSION}` }],
  ['an id whose slash is escaped twice, and so is none', NO_DEVICE, { path: `/devices/victim%252fmodules${VERSION}` }],
  ['an unknown method of a route', NO_RESOURCE, { method: 'PATCH', path: VICTIM }],
  ['a method of WebDAV', NO_RESOURCE, { method: 'PROPFIND', path: VICTIM }],
  ['TRACE', NO_RESOURCE, { method: 'TRACE', path: VICTIM }],
  ['an escape that is none', INVALID, { path: `/devices/%zz${VERSION}` }],
  ['an escape that is cut off', INVALID, { path: `/devices/a%2${VERSION}` }],
  ['an escape that is no UTF-8', INVALID, { path: `/devices/%ff${VERSION}` }],
  ['no body', MISSING, put(() => '')],
  ['a body that is not JSON', NOT_JSON, put(() => '{')],
  ['a body of two documents', NOT_JSON, put(() => '{}{}')],
  ['a body that is not UTF-8 text of JSON', NOT_JSON, put(() => '\0')],
  ['null', MISSING, put(() => 'null')],
  ['a number', INVALID, put(() => '1e999')],
  ['a list in place of a device', INVALID, put(() => '[]')],
  ['a key __proto__', NOT_JSON, put(() => '{"__proto__":{"status":"disabled"}}')],
  ['a key __proto__ that is escaped', NOT_JSON, put(() => '{"\\u005f_proto__":{"status":"disabled"}}')],
  ['a key __proto__ within', NOT_JSON, put(() => '{"authentication":{"__proto__":{}}}')],
  ['a key constructor.prototype', NOT_JSON, put(() => '{"constructor":{"prototype":{}}}')],
  ['lists nested 100,000 deep', INVALID, put(() => `{"status":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`)],
  ['objects nested 100,000 deep', INVALID, put(() => `{"status":${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}`)],
  ['lists nested without an end', NOT_JSON, put(() => '['.repeat(1_000_000))],
  ['a body above its limit', TOO_LARGE, put(() => `{"statusReason":"${'a'.repeat(1_100_000)}"}`)],
  ['a status reason above its limit', INVALID, put(() => `{"statusReason":"${'a'.repeat(100_000)}"}`)],
  ['a status that there is none of', INVALID, put(() => '{"status":"constructor"}')],
  ['a status that is a number', INVALID, put(() => '{"status":1}')],
  ['a key that is not base64', INVALID, put(() => '{"authentication":{"symmetricKey":{"primaryKey":"§§§"}}}')],
  ['a key that is too short', INVALID, put(() => '{"authentication":{"symmetricKey":{"primaryKey":"YQ=="}}}')],
  [
    'a thumbprint that is none',
    INVALID,
    put(() => '{"authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"x"}}}'),
  ],
  ['the id of another device in the body', INVALID, put(() => '{"deviceId":"other"}')],
  ['ten thousand parent scopes', INVALID, put(() => `{"parentScopes":[${'"a",'.repeat(10_000)}"a"]}`)],
  ['a bulk of none', INVALID, { method: 'POST', path: `/devices${VERSION}`, body: () => '[]' }],
  [
    'a bulk of 101',
    INVALID,
    { method: 'POST', path: `/devices${VERSION}`, body: () => JSON.stringify(new Array(101).fill({ id: 'a' })) },
  ],
  [
    'a bulk of a hundred thousand',
    INVALID,
    { method: 'POST', path: `/devices${VERSION}`, body: () => `[${'0,'.repeat(100_000)}0]` },
  ],
  ['a body of XML', BAD_TYPE, put(() => '<a/>', { 'content-type': 'application/xml' })],
  ['a body of a form', BAD_TYPE, put(() => 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })],
  ['a body of JSON that says to be text', BAD_TYPE, put(() => '{}', { 'content-type': 'text/plain' })],
  ['a content type that is none', BAD_TYPE, put(() => '{}', { 'content-type': 'json' })],
  ['another If-Match', MISMATCH, put(() => '{}', { 'if-match': '"AAAA"' })],
  ['a list in If-Match', INVALID, put(() => '{}', { 'if-match': '"AAAA", "BBBB"' })],
  ['If-Match with control characters', INVALID, put(() => '{}', { 'if-match': '"a\tb"' })],
  ['an If-Match of 1 KB', INVALID, put(() => '{}', { 'if-match': 'a'.repeat(1_024) })],
  ['a deletion without If-Match', MISSING, { method: 'DELETE', path: VICTIM }],
  [
    'a certificate that is none',
    INVALID,
    { method: 'PUT', path: '/management/certificates/x', body: () => '{"certificate":"x"}' },
  ],
  [
    'a certificate above its limit',
    INVALID,
    { method: 'PUT', path: '/management/certificates/x', body: () => `{"certificate":"${'x'.repeat(20_000)}"}` },
  ],
  ['a certificate of a name that leads elsewhere', INVALID, { path: '/management/certificates/..%2f..%2fseal-key' }],
  [
    'a policy with a right that there is none of',
    INVALID,
    { method: 'PUT', path: '/management/policies/x', body: () => '{"rights":["All"]}' },
  ],
  ['a policy without rights', INVALID, { method: 'PUT', path: '/management/policies/x', body: () => '{"rights":[]}' }],
];

/** Ids as they stand in the path. */
export const BAD_IDS: readonly (readonly [what: string, id: string, error: HttpError])[] = [
  ['with a slash', 'a%2fb', INVALID],
  ['that leads elsewhere', '..%2fpolicies', INVALID],
  ['with NUL', 'a%00b', INVALID],
  ['with a line feed', 'a%0d%0ab', INVALID],
  ['with a space', 'a%20b', INVALID],
  ['beyond ASCII', '%c3%a4', INVALID],
  ['with a backslash', 'a%5cb', INVALID],
  ['of 129 characters', 'a'.repeat(129), INVALID],
  ['of 5,000 characters', 'a'.repeat(5_000), INVALID],
  ['of markup', '%3cscript%3e', INVALID],
];
