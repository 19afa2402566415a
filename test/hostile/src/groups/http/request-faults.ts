import type { HttpRequest } from '../../wire/http-exchange.js';
import { requestBytes } from '../../wire/http-exchange.js';

/** A request with one thing wrong, as the bytes that are sent. */
export interface RequestFault {
  readonly what: string;
  /** Whether it may be answered as if nothing were wrong. */
  readonly lawful?: boolean;
  /** Whether it is within the body, which an endpoint that takes none may have answered by then. */
  readonly inBody?: boolean;
  bytes(host: string, request: HttpRequest): Buffer;
}

/** What must not be taken for a request of its own. */
const SMUGGLED = 'GET /devices/victim?api-version=2021-04-12 HTTP/1.1\r\nHost: x\r\n\r\n';
const LONG = 'a'.repeat(65_536);

/** With headers in place of, or besides, those of their names. */
const headers =
  (...given: readonly (readonly [string, string])[]) =>
  (host: string, request: HttpRequest): Buffer =>
    requestBytes(host, { ...request, headers: [...(request.headers ?? []), ...given] });
const framed =
  (given: readonly (readonly [string, string])[], body: string) =>
  (host: string, request: HttpRequest): Buffer =>
    headers(...given)(host, { ...request, body });
/** With another text in the place of the head's first match. */
const head =
  (pattern: RegExp | string, by: string) =>
  (host: string, request: HttpRequest): Buffer =>
    Buffer.from(
      requestBytes(host, request)
        .toString('latin1')
        .replace(pattern, () => by),
      'latin1',
    );
const line = (by: (request: HttpRequest) => string) => (host: string, request: HttpRequest) =>
  head(/^.*\r\n/, `${by(request)}\r\n`)(host, request);
const CHUNKED = ['Transfer-Encoding', 'chunked'] as const;
/** A content length that is left out, as the chunks frame the body. */
const chunks = (body: string) => (host: string, request: HttpRequest) =>
  Buffer.from(
    headers(CHUNKED)(host, { ...request, body })
      .toString('latin1')
      .replace(/Content-Length: .*\r\n/, ''),
    'latin1',
  );

const LINES: readonly (readonly [what: string, line: (request: HttpRequest) => string])[] = [
  ['a method in small letters', ({ method, path }) => `${method.toLowerCase()} ${path} HTTP/1.1`],
  ['a method that there is none of', ({ path }) => `NOTHING ${path} HTTP/1.1`],
  ['no method', ({ path }) => `${path} HTTP/1.1`],
  ['a method of 64 KB', ({ path }) => `${LONG} ${path} HTTP/1.1`],
  ['no target', ({ method }) => `${method} HTTP/1.1`],
  ['a target without a slash', ({ method, path }) => `${method} ${path.slice(1)} HTTP/1.1`],
  ['a target with a space', ({ method, path }) => `${method} ${path} x HTTP/1.1`],
  ['a target of 64 KB', ({ method }) => `${method} /${LONG} HTTP/1.1`],
  ['a target with an escape that is none', ({ method, path }) => `${method} /%zz${path} HTTP/1.1`],
  ['a target with an escape that is no UTF-8', ({ method, path }) => `${method} /%ff${path} HTTP/1.1`],
  ['a target with NUL', ({ method, path }) => `${method} ${path}\0 HTTP/1.1`],
  ['a target behind a double slash', ({ method, path }) => `${method} /${path} HTTP/1.1`],
  ['a target behind dots', ({ method, path }) => `${method} /x/..${path} HTTP/1.1`],
  ['an asterisk', ({ method }) => `${method} * HTTP/1.1`],
  ['HTTP/0.9', ({ method, path }) => `${method} ${path}`],
  ['HTTP/2.0', ({ method, path }) => `${method} ${path} HTTP/2.0`],
  ['HTTP/9.9', ({ method, path }) => `${method} ${path} HTTP/9.9`],
  ['another protocol', ({ method, path }) => `${method} ${path} SIP/1.1`],
];

const FRAMING: readonly RequestFault[] = [
  { what: 'Content-Length with a sign', bytes: framed([['Content-Length', '+2']], `{}${SMUGGLED}`) },
  { what: 'Content-Length below zero', bytes: framed([['Content-Length', '-1']], SMUGGLED) },
  { what: 'Content-Length in hexadecimal', bytes: framed([['Content-Length', '0x2']], `{}${SMUGGLED}`) },
  { what: 'Content-Length that is a list', bytes: framed([['Content-Length', '2, 2']], `{}${SMUGGLED}`) },
  { what: 'Content-Length with a space within', bytes: framed([['Content-Length', '2 2']], `{}${SMUGGLED}`) },
  { what: 'Content-Length beyond all numbers', bytes: framed([['Content-Length', '9'.repeat(30)]], '{}') },
  {
    what: 'two Content-Lengths',
    bytes: framed(
      [
        ['Content-Length', '2'],
        ['Content-Length', '40'],
      ],
      `{}${SMUGGLED}`,
    ),
  },
  { what: 'both Content-Length and Transfer-Encoding', bytes: headers(CHUNKED) },
  {
    what: 'another Transfer-Encoding',
    bytes: framed([['Transfer-Encoding', 'xchunked']], `{}${SMUGGLED}`),
  },
  {
    what: 'a Transfer-Encoding behind chunked',
    bytes: framed([['Transfer-Encoding', 'chunked, identity']], `0\r\n\r\n${SMUGGLED}`),
  },
  {
    what: 'Transfer-Encoding with a vertical tab',
    bytes: framed([['Transfer-Encoding', '\x0bchunked']], `0\r\n\r\n${SMUGGLED}`),
  },
  { what: 'a chunk whose size is none', inBody: true, bytes: chunks('zz\r\n{}\r\n0\r\n\r\n') },
  { what: 'a chunk whose size is below zero', inBody: true, bytes: chunks('-1\r\n{}\r\n0\r\n\r\n') },
  {
    what: 'a chunk whose size is beyond all numbers',
    inBody: true,
    bytes: chunks(`${'f'.repeat(20)}\r\n{}\r\n0\r\n\r\n`),
  },
  { what: 'a chunk of more than its size', inBody: true, bytes: chunks('1\r\n{}\r\n0\r\n\r\n') },
  { what: 'a chunk that ends in a line feed', inBody: true, bytes: chunks('2\r\n{}\n0\r\n\r\n') },
  { what: 'a chunk with an extension of 64 KB', inBody: true, bytes: chunks(`2;x=${LONG}\r\n{}\r\n0\r\n\r\n`) },
  { what: 'trailers of 64 KB', inBody: true, bytes: chunks(`2\r\n{}\r\n0\r\nA: ${LONG}\r\n\r\n`) },
];

const HEADERS: readonly RequestFault[] = [
  { what: 'no Host', bytes: head(/Host: .*\r\n/, '') },
  { what: 'a space before a colon', bytes: head('Host:', 'Host :') },
  { what: 'a header without a colon', bytes: head('\r\n', '\r\nnothing\r\n') },
  { what: 'a header without a name', bytes: head('\r\n', '\r\n: x\r\n') },
  { what: 'a header whose name has a bracket', bytes: head('\r\n', '\r\n(a): x\r\n') },
  { what: 'a header with NUL', bytes: headers(['A', 'b\0c']) },
  { what: 'a header with a carriage return within', bytes: headers(['A', 'b\rTransfer-Encoding: chunked']) },
  { what: 'a header with a line feed alone', bytes: headers(['A', 'b\nTransfer-Encoding: chunked']) },
  { what: 'a header that is folded', bytes: headers(['A', 'b\r\n Transfer-Encoding: chunked']) },
  { what: 'headers of 64 KB', bytes: headers(['A', LONG]) },
  {
    what: 'five thousand headers',
    bytes: headers(...Array.from({ length: 5_000 }, () => ['A', 'b'] as const)),
  },
  { what: 'no token', bytes: head(/Authorization: .*\r\n/, '') },
  { what: 'an empty token', bytes: head(/Authorization: .*\r\n/, 'Authorization: \r\n') },
  { what: 'two tokens', bytes: headers(['Authorization', 'SharedAccessSignature sr=x&sig=y&se=1']) },
  { what: 'a token of 15 KB', bytes: head(/Authorization: .*\r\n/, `Authorization: ${'x'.repeat(15_000)}\r\n`) },
  { what: 'an expectation that there is none of', bytes: headers(['Expect', 'the-unexpected']) },
  {
    what: 'an empty line before it',
    lawful: true,
    bytes: (host, request) => Buffer.concat([Buffer.from('\r\n'), requestBytes(host, request)]),
  },
];

/** Of the request line, of headers, and of how a body is framed. */
export const REQUEST_FAULTS: readonly RequestFault[] = [
  ...LINES.map(([what, by]) => ({ what, bytes: line(by) })),
  ...FRAMING,
  ...HEADERS,
];

const bytes = (text: string) => Buffer.from(text, 'latin1');
const DEEP = 100_000;

/** What is no body of an endpoint that takes JSON, whichever it is. */
export const BAD_JSON: readonly (readonly [what: string, body: Buffer | string, right?: 'anything'])[] = [
  ['no body', ''],
  ['white space', '  '],
  ['JSON that is cut off', '{"a":'],
  ['two documents', '{}{}'],
  ['a comma too many', '{"a":1,}'],
  ['quotes of another kind', "{'a':1}"],
  ['NaN', 'NaN'],
  ['NUL', '\0'],
  ['bytes that are no UTF-8', bytes('{"a":"\xff"')],
  ['UTF-16', Buffer.from('{}', 'utf16le')],
  ['a number', '1'],
  ['a text', '"x"'],
  ['null', 'null'],
  ['true', 'true'],
  [`lists nested ${DEEP} deep`, `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`],
  // A key that an endpoint does not know is let be, whatever is behind it.
  [`objects nested ${DEEP} deep`, `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, 'anything'],
  ['brackets without an end', '['.repeat(200_000)],
  ['two megabytes', 'x'.repeat(2_000_000)],
];

/** Content types of which no endpoint for JSON takes any. */
export const BAD_CONTENT_TYPES = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'json',
  'application/json/x',
  '',
];

/** Batches of telemetry that are JSON, and are none all the same. */
export const BAD_BATCHES: readonly (readonly [what: string, body: string])[] = [
  ['of none', '[]'],
  ['of an object', '{"body":"YQ=="}'],
  ['of 501', JSON.stringify(new Array(501).fill({ body: 'YQ==' }))],
  ['of a hundred thousand', `[${'{"body":""},'.repeat(100_000).slice(0, -1)}]`],
  ['with null', '[null]'],
  ['with a list', '[[]]'],
  ['with a message without a body', '[{}]'],
  ['with a body that is a number', '[{"body":1}]'],
  ['with a body that is no base64', '[{"body":"§§§","base64Encoded":true}]'],
  ['with a flag that is a text', '[{"body":"YQ==","base64Encoded":"yes"}]'],
  ['with properties that are a list', '[{"body":"YQ==","properties":[]}]'],
  ['with a property that is an object', '[{"body":"YQ==","properties":{"iothub-app-a":{}}}]'],
  ['with a line feed in a property', '[{"body":"YQ==","properties":{"iothub-expiry":"a\\nb"}}]'],
  ['with one bad message among good ones', '[{"body":"YQ=="},{"body":1},{"body":"YQ=="}]'],
  ['above the largest message', JSON.stringify([{ body: 'A'.repeat(360_000) }])],
];
