import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectHttpError, type HttpError } from '../../support/http-error.js';
import { type Answer, type Call, call } from '../../support/https.js';
import { RudeDevice } from '../../support/rude-device.js';
import {
  type Attacked,
  BAD_TYPE,
  codeOf,
  INVALID,
  MISMATCH,
  MISSING,
  NO_DEVICE,
  NO_MODULE,
  NO_VERSION,
  TOO_LARGE,
  VERSION,
} from './attacks.js';
import { BAD_SECTIONS, ODD_SECTIONS } from './twin-rows.js';

const VICTIM = `/twins/victim?${VERSION}`;
const REPORTED = '$iothub/twin/PATCH/properties/reported/?$rid=';
const GET = '$iothub/twin/GET/?$rid=';
const FLOOD = 200;

type Request = Partial<Call>;
type Recorded = { readonly deviceId: string; readonly operationName?: string } | 'not recorded';

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** Of the request as a whole; by PATCH to the victim's twin unless it says otherwise. */
const BAD_UPDATES: readonly (readonly [what: string, error: HttpError, request: Request, recorded?: Recorded])[] = [
  ['no body', MISSING, { body: '' }, 'not recorded'],
  ['a body of another media type', BAD_TYPE, { headers: { 'content-type': 'text/plain' } }, 'not recorded'],
  ['a body above the limit of HTTP', TOO_LARGE, { body: 'x'.repeat(1_100_000) }, 'not recorded'],
  ['no api-version', NO_VERSION, { path: '/twins/victim' }, 'not recorded'],
  ['an id that is none', INVALID, { path: `/twins/a%2fb?${VERSION}` }, 'not recorded'],
  ['null', INVALID, { body: 'null' }],
  ['a list', INVALID, { body: '[]' }],
  ['a text', INVALID, { body: '"tags"' }],
  ['properties that are a list', INVALID, { body: '{"properties":[]}' }],
  ['properties that are null, where they are __proto__ too', INVALID, { body: '{"__proto__":{},"properties":1}' }],
  ['bytes that are not UTF-8', INVALID, { body: bytes('{"tags":{"a":"\xff"}}') }],
  ['UTF-16', INVALID, { body: Buffer.from('{"tags":{}}', 'utf16le') }],
  ['100,000 brackets', INVALID, { body: '['.repeat(100_000) }],
  [
    'one section that is good and one that is bad',
    INVALID,
    { body: '{"tags":{"bad":1},"properties":{"desired":{"$":1}}}' },
  ],
  ["another twin's ETag", MISMATCH, { headers: { 'if-match': '"AAAAAAAAAA8="' } }],
  ['an ETag that is none', MISMATCH, { headers: { 'if-match': 'undefined' } }],
  ['two ETags', INVALID, { headers: { 'if-match': '"a", "b"' } }, 'not recorded'],
  ['a device that there is none of', NO_DEVICE, { path: `/twins/nobody?${VERSION}` }, { deviceId: 'nobody' }],
  ['a module that there is none of', NO_MODULE, { path: `/twins/victim/modules/none?${VERSION}` }],
  ['a device named like a property', NO_DEVICE, { path: `/twins/__proto__?${VERSION}` }, { deviceId: '__proto__' }],
];

/** What is wrong with twins, over REST and MQTT. */
export function twinAttacks(attacked: () => Attacked): void {
  let before: string;
  let rude: RudeDevice;
  beforeAll(async () => {
    before = await twin('victim');
    rude = await RudeDevice.connect(attacked().siege.hub, 'rude', attacked().rudeKeys.rude);
  });
  afterAll(() => rude.close());

  const ask = (request: Request): Promise<Answer> =>
    call(attacked().siege.hub, { method: 'PATCH', path: VICTIM, body: '{"tags":{}}', ...request });
  const twin = async (deviceId: string) =>
    (await ask({ method: 'GET', path: `/twins/${deviceId}?${VERSION}`, body: '' })).body;

  function expectRecord(error: HttpError, { deviceId, operationName = 'update' }: Exclude<Recorded, string>): void {
    const resultType = String(codeOf(error));
    attacked().ledger.expect({ category: 'C2DTwinOperations', operationName, deviceId, resultType });
  }

  describe.each([
    ['tags by PATCH', 'PATCH', (section: string) => `{"tags":${section}}`],
    ['desired properties by PATCH', 'PATCH', (section: string) => `{"properties":{"desired":${section}}}`],
    ['desired properties by PUT', 'PUT', (section: string) => `{"properties":{"desired":${section}}}`],
  ] as const)('as %s refuses', (_, method, document) => {
    it.each(BAD_SECTIONS)('%s', async (__, error, section) => {
      expectHttpError(await ask({ method, body: document(section()) }), error);
      expectRecord(error, { deviceId: 'victim', operationName: method === 'PUT' ? 'replace' : 'update' });
    });
  });

  describe('as reported properties refuses', () => {
    it.each(BAD_SECTIONS)('%s', async (_, error, section) => {
      const answer = await rude.ask(REPORTED, section());
      expect(answer).toMatchObject({ status: error[0], body: { errorCode: codeOf(error) } });
      expect(answer.body).toMatchObject({ trackingId: expect.stringMatching(/^[0-9A-F]{32}$/) });
      expectReport(codeOf(error));
    });

    it.each([
      ['an empty payload', ''],
      ['bytes that are not UTF-8', bytes('{"a":"\xff"}')],
      ['100,000 brackets', '['.repeat(100_000)],
      ['null', 'null'],
    ])('%s', async (_, payload) => {
      expect(await rude.ask(REPORTED, payload)).toMatchObject({ status: 400, body: { errorCode: 400004 } });
      expectReport(400004);
    });

    it.each(['9', '999999999999999'])('what is meant for the version %s', async (version) => {
      expect(await rude.ask(REPORTED, '{"a":1}', `&$version=${version}`)).toMatchObject({
        status: 412,
        body: { errorCode: 412001 },
      });
      expectReport(412001);
    });

    function expectReport(code: number): void {
      const operation = { category: 'D2CTwinOperations', operationName: 'update', deviceId: 'rude' };
      attacked().ledger.expect({ ...operation, resultType: String(code) });
    }
  });

  describe('refuses an update with', () => {
    it.each(BAD_UPDATES)('%s', async (_, error, request, recorded = { deviceId: 'victim' }) => {
      expectHttpError(await ask(request), error);
      if (recorded !== 'not recorded') {
        expectRecord(error, recorded);
      }
    });
  });

  it('has changed nothing by all that it refused', async () => {
    expect(await twin('victim')).toBe(before);
    expect(JSON.parse(await twin('rude')).properties.reported).toMatchObject({ $version: 1 });
  });

  describe('takes', () => {
    it.each(ODD_SECTIONS)('%s, as what it is and no more', async (_, section, kept) => {
      const { status, body } = await ask({
        method: 'PUT',
        path: `/twins/other?${VERSION}`,
        body: `{"tags":${section},"properties":{"desired":${section}}}`,
      });
      expect(status).toBe(200);
      expect(body.split(`"odd":${kept}`)).toHaveLength(3);
      expect(await rude.ask(REPORTED, '{"odd":null}')).toMatchObject({ status: 204 });
      expect(await rude.ask(REPORTED, section)).toMatchObject({ status: 204 });
      expect((await rude.ask(GET, '')).text).toContain(`"odd":${kept}`);
      expect(await twin('victim')).toBe(before);
    });
  });

  it('answers each of hundreds of operations that a device has in flight', async () => {
    const answers = await Promise.all(
      Array.from({ length: FLOOD }, (_, at) => [rude.ask(GET, ''), rude.ask(REPORTED, `{"flood":${at}}`)]).flat(),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => ![200, 204, 429].includes(status))).toEqual([]);
    expect((await rude.ask(GET, '')).text).toContain(`"flood":${FLOOD - 1}`);
  });
}
