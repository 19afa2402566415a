import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectHttpError, expectJsonError, type HttpError } from '../../support/http-error.js';
import { type Answer, type Call, call } from '../../support/https.js';
import { RudeDevice } from '../../support/rude-device.js';
import {
  type Attacked,
  BAD_TYPE,
  codeOf,
  INVALID,
  MISSING,
  NO_DEVICE,
  NO_MODULE,
  NOT_JSON,
  TOO_LARGE,
} from './attacks.js';

const RUDE = '/twins/rude/methods';
const NOT_ONLINE: HttpError = [404, 'DeviceNotOnline'];
const THROTTLED: HttpError = [429, 'ThrottlingException'];
const BAD_GATEWAY: HttpError = [502, 'GenericBadGateway'];
const TIMED_OUT: HttpError = [504, 'GatewayTimeout'];
const LARGEST = 128 * 1024;
const MAX_WAITING = 100;
/** The shortest that a caller may ask for. */
const SHORT = { responseTimeoutInSeconds: 5 };
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

type Recorded = 'recorded' | 'not recorded';

/** What is no call: by POST to the method of a device that listens. */
const BAD_CALLS: readonly (readonly [what: string, error: HttpError, body: string, recorded?: Recorded])[] = [
  ['no body', MISSING, '', 'not recorded'],
  ['what is not JSON', NOT_JSON, '{"methodName":', 'not recorded'],
  ['100,000 brackets', NOT_JSON, '['.repeat(100_000), 'not recorded'],
  ['a list', INVALID, '[]', 'not recorded'],
  ['no name', INVALID, '{"payload":1}', 'not recorded'],
  ['a number as name', INVALID, '{"methodName":1}', 'not recorded'],
  ['a name among the properties of an object', INVALID, '{"__proto__":{"methodName":"m"}}', 'not recorded'],
  ['a timeout that is a text', INVALID, '{"methodName":"m","responseTimeoutInSeconds":"30"}', 'not recorded'],
  ['a timeout that is a fraction', INVALID, '{"methodName":"m","responseTimeoutInSeconds":5.5}', 'not recorded'],
  ['a timeout of 1e999', INVALID, '{"methodName":"m","connectTimeoutInSeconds":1e999}', 'not recorded'],
  ['an empty name', INVALID, '{"methodName":""}'],
  ['a name above its limit', INVALID, JSON.stringify({ methodName: 'm'.repeat(101) })],
  ['a name with a slash', INVALID, '{"methodName":"a/b"}'],
  ['a name that is a wildcard', INVALID, '{"methodName":"#"}'],
  ['a name with a plus', INVALID, '{"methodName":"a+"}'],
  ['a name with NUL', INVALID, '{"methodName":"a\\u0000"}'],
  ['a name with half a surrogate pair', INVALID, '{"methodName":"\\ud800"}'],
  ['a response timeout of 4 s', INVALID, '{"methodName":"m","responseTimeoutInSeconds":4}'],
  ['a response timeout of 301 s', INVALID, '{"methodName":"m","responseTimeoutInSeconds":301}'],
  ['a response timeout below zero', INVALID, '{"methodName":"m","responseTimeoutInSeconds":-5}'],
  ['a connect timeout below zero', INVALID, '{"methodName":"m","connectTimeoutInSeconds":-1}'],
  ['a connect timeout of 301 s', INVALID, '{"methodName":"m","connectTimeoutInSeconds":301}'],
  ['a connect timeout of a million years', INVALID, '{"methodName":"m","connectTimeoutInSeconds":31557600000000}'],
  ['a payload above its limit', TOO_LARGE, `{"methodName":"m","payload":"${'x'.repeat(LARGEST)}"}`],
];

/** Bad answers, of a status that is good. */
const BAD_REPLIES: readonly (readonly [what: string, error: HttpError, code: number, payload: string | Buffer])[] = [
  ['not JSON', BAD_GATEWAY, 502000, '{"a":'],
  ['text without quotes', BAD_GATEWAY, 502000, 'ok'],
  ['two documents', BAD_GATEWAY, 502000, '{}{}'],
  ['not UTF-8', BAD_GATEWAY, 502000, Buffer.from('"\xff"', 'latin1')],
  ['JSON with a byte order mark', BAD_GATEWAY, 502000, '\ufeff{}'],
  ['100,000 brackets', BAD_GATEWAY, 502000, '['.repeat(100_000)],
  ['above its limit', TOO_LARGE, 413001, `"${'x'.repeat(LARGEST)}"`],
];

const ODD_REPLIES: readonly (readonly [what: string, status: number, payload: string, shown?: string])[] = [
  ['empty', 200, '', 'null'],
  ['of the least status', -2147483647, '1'],
  ['of the largest status', 2147483647, '1'],
  ['nested 50,000 deep', 200, nested(50_000)],
  ['with a key __proto__', 200, '{"__proto__":{"status":1}}'],
  ['with a number beyond all numbers', 200, '1e999'],
];

/** What is wrong with direct methods, of callers and of devices. */
export function methodAttacks(attacked: () => Attacked): void {
  let rude: RudeDevice;
  let crude: RudeDevice;
  beforeAll(async () => {
    const { siege, rudeKeys } = attacked();
    rude = await RudeDevice.connect(siege.hub, 'rude', rudeKeys.rude);
    crude = await RudeDevice.connect(siege.hub, 'crude', rudeKeys.crude);
  });
  afterAll(() => {
    rude.close();
    crude.close();
  });

  const post = (body: string, more: Partial<Call> = {}): Promise<Answer> =>
    call(attacked().siege.hub, { method: 'POST', path: RUDE, body, ...more });
  const invoke = (methodName: string, more: object = {}) => post(JSON.stringify({ methodName, ...more }));

  function expectRecord(code: number, deviceId = 'rude'): void {
    const operation = { category: 'DirectMethods', operationName: 'invokeMethod', deviceId };
    attacked().ledger.expect({ ...operation, resultType: String(code) });
  }

  function expectUnexpected(deviceId = 'rude'): void {
    const operation = { category: 'DirectMethods', operationName: 'methodReply', deviceId };
    attacked().ledger.expect({ ...operation, resultType: '400003' });
  }

  describe('refuses a call with', () => {
    it.each(BAD_CALLS)('%s', async (_, error, body, recorded = 'recorded') => {
      const answer = await post(body);
      expectJsonError(answer, error, codeOf(error));
      if (recorded === 'recorded') {
        expectRecord(codeOf(error));
      }
    });

    it('a body of another media type', async () => {
      expectJsonError(await post('{}', { headers: { 'content-type': 'text/plain' } }), BAD_TYPE, 415000);
    });
  });

  it('calls nobody who is not there', async () => {
    const body = '{"methodName":"m"}';
    expectHttpError(await post(body, { path: '/twins/nobody/methods' }), NO_DEVICE);
    expectRecord(404001, 'nobody');
    expectJsonError(await post(body, { path: '/twins/victim/modules/none/methods' }), NO_MODULE, 404010);
    expectRecord(404010, 'victim');
    expectJsonError(await post(body, { path: '/twins/victim/methods' }), NOT_ONLINE, 404103);
    expectRecord(404103, 'victim');
  });

  describe('gives no caller an answer that is', () => {
    it.each(BAD_REPLIES)('%s', async (_, error, code, payload) => {
      const answer = invoke('bad');
      const { rid } = await rude.called('bad');
      await rude.reply(rid, payload);
      expectJsonError(await answer, error, code);
      expectRecord(code);
    });
  });

  describe('gives callers an answer that is', () => {
    it.each(ODD_REPLIES)('%s', async (_, status, payload, shown = payload) => {
      const answer = invoke('odd');
      const { rid } = await rude.called('odd');
      await rude.reply(rid, payload, status);
      expect((await answer).body).toBe(`{"status":${status},"payload":${shown}}`);
    });
  });

  it('gives a caller the first answer of the very device that was called, and ignores all others', async () => {
    const answer = invoke('once');
    const other = invoke('twice');
    const { rid } = await rude.called('once');
    const { rid: otherRid } = await rude.called('twice');
    await crude.reply(rid, '"forged by another device"');
    expectUnexpected('crude');
    const ofAnotherEdge = `${rid.startsWith('0') ? '1' : '0'}${rid.slice(1)}`;
    for (const wrong of ['1', 'f'.repeat(24), `${rid}0`, ofAnotherEdge, '__proto__', '%zz']) {
      await rude.reply(wrong, '"of another request"');
      expectUnexpected();
    }
    await rude.reply(otherRid, '"other"');
    await rude.reply(rid, '"genuine"');
    await rude.reply(rid, '"doubled"');
    expectUnexpected();
    expect((await answer).body).toBe('{"status":200,"payload":"genuine"}');
    expect((await other).body).toBe('{"status":200,"payload":"other"}');
    expect([rude.closed, crude.closed]).toEqual([false, false]);
  });

  it('waits for a device that never answers, or in no form that is an answer, as long as it was asked to', async () => {
    const silent = invoke('silent', SHORT);
    const onCrude = post(JSON.stringify({ methodName: 'malformed', ...SHORT }), { path: '/twins/crude/methods' });
    const { rid } = await rude.called('silent');
    const malformed = await crude.called('malformed');
    crude.publish(`$iothub/methods/res/fine/?$rid=${malformed.rid}`, '1');
    await crude.untilClosed();
    expectJsonError(await silent, TIMED_OUT, 504101);
    expectRecord(504101);
    expectJsonError(await onCrude, TIMED_OUT, 504101);
    expectRecord(504101, 'crude');
    await rude.reply(rid, '"late"');
    expectUnexpected();
    expect(rude.closed).toBe(false);
  });

  it('lets no device have more calls waiting than it may', async () => {
    const waiting = Array.from({ length: MAX_WAITING }, () => invoke('hold'));
    const calls = await Promise.all(waiting.map(() => rude.called('hold')));
    expectJsonError(await invoke('hold'), THROTTLED, 429001);
    expectRecord(429001);
    await Promise.all(calls.map(({ rid }, at) => rude.reply(rid, String(at))));
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
}
