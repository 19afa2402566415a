import { describe, expect, it } from '@jest/globals';
import { expectHttpError, type HttpError } from '../../support/http-error.js';
import { type Answer, call } from '../../support/https.js';
import { type Attacked, INVALID, MISSING, NOT_JSON, VERSION } from './attacks.js';

const ALL = 'SELECT * FROM devices';
const where = (condition: string) => `${ALL} WHERE ${condition}`;
const joined = (count: number, what: (at: number) => string, by: string) =>
  Array.from({ length: count }, (_, at) => what(at)).join(by);

const BAD_QUERIES: readonly (readonly [what: string, query: string])[] = [
  ['blank', ' '],
  ['cut off', 'SELECT'],
  ['not of the language', 'DROP TABLE devices'],
  ['two statements', `${ALL}; ${ALL}`],
  ['with a comment', `${ALL} -- all`],
  ['of a source that there is none of', 'SELECT * FROM identities'],
  ['of a collection of the store', 'SELECT * FROM system.users'],
  ['of jobs, of which there are none', 'SELECT * FROM devices.jobs'],
  ['in an order', `${ALL} ORDER BY deviceId`],
  ['with a union', `${ALL} UNION ${ALL}`],
  ['with a query within', where(`deviceId IN (${ALL})`)],
  ['of a function that there is none of', where('SLEEP(1000)')],
  ['of a function of the store', where("$where('1')")],
  ['of a function without its arguments', where('STARTSWITH(deviceId)')],
  ['with a text that does not end', where("deviceId = 'x")],
  ['with an escape that is none', where("deviceId = '\\x'")],
  ['with an escape that is cut off', where("deviceId = '\\u12")],
  ['with NUL', where('deviceId\0 = 1')],
  ['with half a surrogate pair', where('tags.\ud800 = 1')],
  ['with a number beyond all numbers', where('tags.a = 1e999')],
  ['with a number of two points', where('tags.a = 1.2.3')],
  ['of nothing at the top', 'SELECT TOP 0 * FROM devices'],
  ['of less than nothing at the top', 'SELECT TOP -1 * FROM devices'],
  ['of a fraction at the top', 'SELECT TOP 1.5 * FROM devices'],
  ['of two items of one name', 'SELECT tags.a, properties.desired.a FROM devices'],
  ['of what is not grouped by', 'SELECT deviceId, COUNT() FROM devices GROUP BY status'],
  ['with 64 parentheses too many', where(`${'('.repeat(128)}1=1${')'.repeat(128)}`)],
  ['with thousands of parentheses', where(`${'('.repeat(4_000)}1=1${')'.repeat(4_000)}`)],
  ['with thousands of parentheses that do not close', where('('.repeat(8_000))],
  ['with thousands of NOT', where(`${'NOT '.repeat(2_000)}true`)],
  ['with thousands of signs', where(`tags.a = ${'- '.repeat(4_000)}1`)],
  ['with thousands of brackets', where(`tags${'['.repeat(8_000)}`)],
  ['with thousands of lists', where(`tags.a IN ${'['.repeat(8_000)}`)],
  ['with functions within functions', where(`${'IS_NULL('.repeat(900)}1${')'.repeat(900)}`)],
  ['of a path with thousands of levels', where(`tags${'.a'.repeat(4_000)} = 1`)],
  ['of more conditions than there may be', where(joined(1_100, () => '1=1', ' OR '))],
  ['of more values than there may be', where(`tags.a IN [${joined(2_100, () => '1', ',')}]`)],
  ['of more items than there may be', `SELECT ${joined(101, (at) => `tags.a${at}`, ', ')} FROM devices`],
  ['of 8,193 characters', `${where("deviceId = '")}${'x'.repeat(8_193 - where("deviceId = ''").length)}'`],
  ['of a megabyte', where(joined(90_000, () => '1=1', ' OR '))],
];

/** What is no request for a query; the query itself is not looked at. */
const BAD_BODIES: readonly (readonly [what: string, error: HttpError, body: string])[] = [
  ['nothing', MISSING, ''],
  ['null', MISSING, 'null'],
  ['a list', INVALID, `["${ALL}"]`],
  ['a text', INVALID, `"${ALL}"`],
  ['no query', INVALID, '{}'],
  ['an empty query', INVALID, '{"query":""}'],
  ['a number as query', INVALID, '{"query":1}'],
  ['a list as query', INVALID, `{"query":["${ALL}"]}`],
  ['a key __proto__', NOT_JSON, `{"__proto__":{"query":"${ALL}"}}`],
  ['what is not JSON', NOT_JSON, ALL],
];

const FORGED = Buffer.from(JSON.stringify(['x', 'victim', 0])).toString('base64url');
const BAD_TOKENS: readonly (readonly [what: string, token: string])[] = [
  ['garbage', 'garbage'],
  ['no base64', '$%&'],
  ['a token that was made up', FORGED],
  ['a list nested 1,000 deep', Buffer.from('['.repeat(1_000)).toString('base64url')],
  ['8,000 characters', 'A'.repeat(8_000)],
  ['JSON', '["x","",0]'],
  ['__proto__', '__proto__'],
];

/** What is wrong with queries. */
export function queryAttacks(attacked: () => Attacked): void {
  const post = (body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    call(attacked().siege.hub, { method: 'POST', path: `/devices/query?${VERSION}`, body, headers });
  const ask = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    post(JSON.stringify({ query }), headers);

  function expectRecord(): void {
    attacked().ledger.expect({ category: 'TwinQueries', operationName: 'query', deviceId: '', resultType: '400004' });
  }

  describe('refuses a query', () => {
    it.each(BAD_QUERIES)('%s', async (_, query) => {
      expectHttpError(await ask(query), INVALID);
      expectRecord();
    });
  });

  describe('refuses in place of a query', () => {
    it.each(BAD_BODIES)('%s', async (_, error, body) => {
      expectHttpError(await post(body), error);
    });
  });

  describe('continues no query with', () => {
    it.each(BAD_TOKENS)('%s', async (_, token) => {
      expectHttpError(await ask(ALL, { 'x-ms-continuation': token }), INVALID);
      expectRecord();
    });

    it('a token of another query, or of its own with another place in it', async () => {
      const { headers } = await ask(ALL, { 'x-ms-max-item-count': '1' });
      const token = String(headers['x-ms-continuation']);
      expectHttpError(await ask(where('1=1'), { 'x-ms-continuation': token }), INVALID);
      expectRecord();
      const [hash] = JSON.parse(Buffer.from(token, 'base64url').toString());
      for (const place of [['\ud800', 0], ['x'.repeat(1_100), 0], [{}, 0], ['', 0], ['a', 1e9], ['a', 0, 0], [null]]) {
        const forged = Buffer.from(JSON.stringify([hash, ...place])).toString('base64url');
        expectHttpError(await ask(ALL, { 'x-ms-continuation': forged }), INVALID);
        expectRecord();
      }
    });
  });

  it.each(['0', '1001', '-1', '1e3', '2.5', '99999999999', 'all', '1, 2'])(
    'gives no page of %s items',
    async (count) => {
      expectHttpError(await ask(ALL, { 'x-ms-max-item-count': count }), INVALID);
    },
  );

  it.each([
    ['a name that every object has', where('IS_DEFINED(tags.constructor)')],
    ['a name __proto__', where("tags['__proto__'].polluted = true")],
    ['an operator of the store', where("tags.$ne = ''")],
    ['a division by zero', where('tags.a = 1 / 0')],
    ['a pattern that would take for ever', where(`CONTAINS(deviceId, '${'(a+)+$'.repeat(100)}')`)],
  ])('finds nothing by %s', async (_, query) => {
    const { status, body } = await ask(query);
    expect([status, body]).toEqual([200, '[]']);
  });
}
