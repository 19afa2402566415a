import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AmqpBackEnd } from '../../support/amqp-back-end.js';
import { token } from '../../support/cast.js';
import { expectHttpError, type HttpError } from '../../support/http-error.js';
import { type Answer, type Call, call } from '../../support/https.js';
import { RudeDevice } from '../../support/rude-device.js';
import { type Attacked, codeOf, LOCK_LOST, NO_DEVICE, QUEUE_FULL, VERSION } from './attacks.js';
import { BAD_POSTS, BAD_SENDS, data, to, VICTIM } from './message-rows.js';

const QUEUE_LENGTH = 50;
const FEEDBACK = '/messages/serviceBound/feedback';
const NO_LOCK = '00010203-0405-0607-0809-0a0b0c0d0e0f';

/** What is wrong with messages to devices, the feedback on them, and their settlement. */
export function messageAttacks(attacked: () => Attacked): void {
  let backEnd: AmqpBackEnd;
  beforeAll(async () => {
    const { siege, cast } = attacked();
    const password = token({ resource: cast.host, key: cast.policyKeys['service'] ?? '', policy: 'service' });
    backEnd = await AmqpBackEnd.connect(siege.hub, { username: 'service@sas.root.hub', password });
  });
  afterAll(() => backEnd.close());

  const ask = (request: Partial<Call>): Promise<Answer> =>
    call(attacked().siege.hub, { method: 'POST', path: `${VICTIM}?${VERSION}`, body: 'x', ...request });

  function expectRecord(error: HttpError, deviceId = 'victim'): void {
    const operation = { category: 'C2DCommands', operationName: 'messageEnqueue', deviceId };
    attacked().ledger.expect({ ...operation, resultType: String(codeOf(error)) });
  }

  describe('refuses over REST a message', () => {
    it.each(BAD_POSTS)('%s', async (_, error, request, recorded = 'victim') => {
      expectHttpError(await ask(request()), error);
      if (recorded !== 'not recorded') {
        expectRecord(error, recorded);
      }
    });
  });

  describe('rejects over AMQP a message', () => {
    it.each(BAD_SENDS)('%s', async (_, error, condition, message, recorded = 'victim') => {
      const sent = await backEnd.send('/messages/devicebound', { to: VICTIM, body: data(1), ...message() });
      expect(sent).toEqual({ outcome: 'rejected', condition, code: codeOf(error) });
      if (recorded !== 'not recorded') {
        expectRecord(error, recorded);
      }
    });

    it('of a batch', async () => {
      const sent = await backEnd.send('/messages/devicebound', Buffer.from('00537545046162', 'hex'), 0x80013700);
      expect(sent).toEqual({ outcome: 'rejected', condition: 'com.microsoft:argument-error', code: 400004 });
    });
  });

  it('ends a link on which a message is larger than a link takes', async () => {
    const sent = await backEnd.send('/messages/devicebound', { to: VICTIM, body: data(200_000) });
    expect(sent).toMatchObject({ outcome: 'detached', condition: 'amqp:link:message-size-exceeded' });
  });

  it('has kept none of them, and keeps no more than a queue may hold', async () => {
    const purge = () => ask({ method: 'DELETE', path: `/devices/victim/commands?${VERSION}`, body: '' });
    expect(JSON.parse((await purge()).body)).toMatchObject({ totalMessagesPurged: 0 });
    for (let count = 0; count < QUEUE_LENGTH; count++) {
      expect((await ask({})).status).toBe(204);
    }
    expectHttpError(await ask({}), QUEUE_FULL);
    expectRecord(QUEUE_FULL);
    expect(await backEnd.send('/messages/devicebound', { to: VICTIM, body: data(1) })).toEqual({
      outcome: 'rejected',
      condition: 'amqp:resource-limit-exceeded',
      code: 403004,
    });
    expectRecord(QUEUE_FULL);
    expect(JSON.parse((await purge()).body)).toMatchObject({ totalMessagesPurged: QUEUE_LENGTH });
  });

  it('purges no queue of a device that there is none of', async () => {
    expectHttpError(await ask({ method: 'DELETE', path: `/devices/nobody/commands?${VERSION}`, body: '' }), NO_DEVICE);
  });

  it('gives a device its message, whatever it acknowledges besides', async () => {
    const { siege, rudeKeys } = attacked();
    const rude = await RudeDevice.connect(siege.hub, 'rude', rudeKeys.rude);
    for (let id = 1; id < 2_000; id++) {
      rude.acknowledge(id);
    }
    expect((await ask({ path: `${to('rude')}?${VERSION}`, body: 'genuine' })).status).toBe(204);
    await rude.until(() => rude.messages.length > 0, 'the message');
    rude.acknowledge(1);
    rude.acknowledge(1);
    expect(await rude.ask('$iothub/twin/GET/?$rid=', '')).toMatchObject({ status: 200 });
    expect(rude.messages).toEqual(['genuine']);
    rude.close();
  });

  describe('settles no feedback by', () => {
    it.each([
      ['a lock that there is none of', NO_LOCK, 'recorded'],
      ['what is no lock', 'garbage', 'not recorded'],
      ['a lock with an escape that is none of UTF-8', '%00', 'not recorded'],
      ['a lock of 2,000 characters', 'f'.repeat(2_000), 'not recorded'],
      ['a lock named like a property', '__proto__', 'not recorded'],
    ])('%s', async (_, lock, recorded) => {
      for (const [method, path] of [
        ['DELETE', lock],
        ['DELETE', `${lock}?reject`],
        ['POST', `${lock}/abandon`],
      ] as const) {
        const separator = path.includes('?') ? '&' : '?';
        const answer = await ask({ method, path: `${FEEDBACK}/${path}${separator}${VERSION}`, body: '' });
        expectHttpError(answer, LOCK_LOST);
        if (recorded === 'recorded') {
          const operation = { category: 'C2DCommands', operationName: 'feedbackSettle', deviceId: '' };
          attacked().ledger.expect({ ...operation, resultType: '412002' });
        }
      }
    });
  });
}
