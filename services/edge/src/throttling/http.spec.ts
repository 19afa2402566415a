import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Operation } from '@mooring/operations';
import { type Answered, errorOf, HttpEdge } from '../http/http-edge.spec-support.js';
import { token } from '../mqtt-client.spec-support.js';
import { until } from '../test-edge.spec-support.js';

const EVENTS = '/devices/d1/messages/events';
const QUEUE = '/devices/d1/messages/devicebound';

let edge: HttpEdge;
const operations: Operation[] = [];
beforeEach(async () => {
  operations.length = 0;
  edge = await HttpEdge.start({
    throttling: {
      THROTTLE_D2C_SENDS_PER_SECOND: '2',
      THROTTLE_C2D_RECEIVES_PER_MINUTE: '60',
      THROTTLE_BACKLOG_SECONDS: '2',
    },
    more: { operations: { record: (operation) => void operations.push(operation) } },
  });
});
afterEach(() => edge.stop());

const waiting = async (limit: string) =>
  Number((await edge.test.metric(`mooring_throttling_waiting_operations{limit="${limit}"}`)).split(' ').at(-1));

/** Sends all at once; the answers come as they come. */
function sendAll(count: number, send: () => Promise<Answered>): Answered[] {
  const answers: Answered[] = [];
  for (let index = 0; index < count; index++) {
    void send().then((answer) => answers.push(answer));
  }
  return answers;
}

describe('requests of devices beyond a limit', () => {
  it('are answered later, then with 429 and when to come again', async () => {
    const answers = sendAll(10, () => edge.send(EVENTS));
    // Two are taken, four may wait, as so many can be taken in time; the others would wait in vain.
    await until(() => answers.length === 6);
    await until(async () => (await waiting('d2c-sends')) === 4);
    await edge.test.pass(1);
    await until(() => answers.length > 6);
    await edge.test.pass(2);
    await until(() => answers.length === 10);
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(edge.test.ingress.records.length);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    for (const answer of refused) {
      expect(errorOf(answer)).toEqual([429, 'ThrottlingException']);
      expect(answer.headers['retry-after']).toBe('2');
    }
    expect(operations.filter(({ resultType }) => resultType === '429001')).toHaveLength(Math.min(refused.length, 5));
    expect(operations[0]).toMatchObject({ category: 'DeviceTelemetry', properties: { protocol: 'Https' } });
  });

  it('count each message of a batch', async () => {
    const headers = { 'content-type': 'application/vnd.microsoft.iothub.json' };
    const body = JSON.stringify(Array.from({ length: 6 }, () => ({ body: '' })));
    expect((await edge.send(EVENTS, { headers, body })).status).toBe(204);
    const answers = sendAll(1, () => edge.send(EVENTS));
    await until(async () => (await waiting('d2c-sends')) === 1);
    const other = await edge.send('/devices/d2/messages/events', { authorization: token('d2') });
    expect(other.status).toBe(204);
    expect(answers).toEqual([]);
    await edge.test.pass(3);
    await until(() => answers.length === 1);
  });

  it('for messages to devices are held back too', async () => {
    const authorization = token('d1');
    for (let index = 0; index < 60; index++) {
      expect((await edge.send(QUEUE, { method: 'GET', authorization })).status).toBe(204);
    }
    const answers = sendAll(1, () => edge.send(QUEUE, { method: 'GET', authorization }));
    await until(async () => (await waiting('c2d-receives')) === 1);
    await edge.test.pass(1);
    await until(() => answers.length === 1);
    expect(answers[0]?.status).toBe(204);
  });

  it('whose device is disabled meanwhile are refused for that', async () => {
    const answers = sendAll(3, () => edge.send(EVENTS));
    await until(async () => (await waiting('d2c-sends')) === 1);
    edge.test.identity.put('d1', { enabled: false, version: 2 });
    const value = { deviceId: 'd1', moduleId: '', generationId: '638000000000000000', version: 2, reason: 2 };
    edge.test.eventLog.control({ $case: 'credentialsChanged', value });
    await edge.test.pass(1);
    await until(() => answers.length === 3);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 401]);
  });
});
