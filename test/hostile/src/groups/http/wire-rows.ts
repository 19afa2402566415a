const VERSION = '?api-version=2021-04-12';
const VICTIM = `/devices/victim${VERSION}`;

type Wire = readonly [what: string, status: string, request: (host: string, token: string) => string];

const request =
  (line: string, headers: readonly string[] = [], body = '') =>
  (host: string, sas: string) =>
    [line, `Host: ${host}`, `Authorization: ${sas}`, 'Content-Type: application/json', ...headers, '', body].join(
      '\r\n',
    );
const PUT_LINE = `PUT ${VICTIM} HTTP/1.1`;
const GET_LINE = `GET ${VICTIM} HTTP/1.1`;
/** What must not be taken for a request of its own. */
const SMUGGLED = `GET /devices/other${VERSION} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** What cannot be said through a client for HTTP. */
export const BAD_WIRE: readonly Wire[] = [
  [
    'both Content-Length and Transfer-Encoding',
    '400',
    request(PUT_LINE, ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${SMUGGLED}`),
  ],
  [
    'both Transfer-Encoding and Content-Length',
    '400',
    request(PUT_LINE, ['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${SMUGGLED}`),
  ],
  ['two Content-Lengths', '400', request(PUT_LINE, ['Content-Length: 2', 'Content-Length: 40'], `{}${SMUGGLED}`)],
  ['a Content-Length with a sign', '400', request(PUT_LINE, ['Content-Length: +2'], `{}${SMUGGLED}`)],
  ['a Content-Length that is a list', '400', request(PUT_LINE, ['Content-Length: 2, 2'], `{}${SMUGGLED}`)],
  ['a Content-Length beyond all numbers', '400', request(PUT_LINE, [`Content-Length: ${'9'.repeat(30)}`])],
  ['another Transfer-Encoding', '400', request(PUT_LINE, ['Transfer-Encoding: xchunked'], `{}${SMUGGLED}`)],
  [
    'a Transfer-Encoding behind chunked',
    '400',
    request(PUT_LINE, ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${SMUGGLED}`),
  ],
  ['a header that is folded', '400', request(GET_LINE, ['A: b', ' Transfer-Encoding: chunked'])],
  ['a space before the colon', '400', request(PUT_LINE, ['Content-Length : 2'], `{}${SMUGGLED}`)],
  ['a header with NUL', '400', request(GET_LINE, ['A: \0'])],
  ['lines without a carriage return', '400', (host) => `${GET_LINE}\nHost: ${host}\n\n`],
  ['a chunk whose size is none', '400', request(PUT_LINE, ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n')],
  ['a chunk of more than its size', '400', request(PUT_LINE, ['Transfer-Encoding: chunked'], '1\r\n{}\r\n0\r\n\r\n')],
  ['no Host', '400', () => `${GET_LINE}\r\n\r\n`],
  ['headers of 64 KB', '431', request(GET_LINE, [`A: ${'b'.repeat(65_536)}`])],
  ['a target of 64 KB', '431', request(`GET /${'a'.repeat(65_536)} HTTP/1.1`)],
  ['five thousand headers', '431', request(GET_LINE, new Array(5_000).fill('A: b'))],
  ['HTTP of version 2', '400', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a version that there is none of', '400', (host) => `GET / HTTP/9.9\r\nHost: ${host}\r\n\r\n`],
  ['a method that there is none of', '400', request(`NOTHING ${VICTIM} HTTP/1.1`)],
  ['an expectation that there is none of', '417', request(PUT_LINE, ['Expect: the-unexpected', 'Connection: close'])],
  ['the PROXY protocol', '400', (host) => `PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${GET_LINE}\r\nHost: ${host}\r\n\r\n`],
  [
    'a chunked body above its limit',
    '413',
    request(PUT_LINE, ['Transfer-Encoding: chunked'], `200000\r\n${'a'.repeat(0x200000)}\r\n0\r\n\r\n`),
  ],
  ['a Content-Length of 1 GB', '413', request(PUT_LINE, [`Content-Length: ${2 ** 30}`], 'a'.repeat(2_000_000))],
];
