import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { control } from '@mooring/proto';
import { HOST } from '../../mqtt-client.spec-support.js';
import { openSender, putToken } from '../spec-support/amqp-client.js';
import { AmqpEdge } from '../spec-support/amqp-edge.js';

const EVENTS = '/devices/d1/messages/events';

let edge: AmqpEdge;
beforeEach(async () => {
  edge = await AmqpEdge.start();
});
afterEach(() => edge.stop());

async function connect(): Promise<void> {
  const connection = edge.connect();
  await putToken(connection, `${HOST}/devices/d1`, edge.token());
  await openSender(connection, EVENTS);
}

describe('while identity cannot be asked', () => {
  it('devices that are known are admitted by what is remembered of them', async () => {
    await connect();
    edge.test.identity.unreachable = true;
    await connect();
    expect(edge.test.identity.resolved).toEqual([['d1']]);
  });

  it.each([
    [
      'has changed',
      async () => {
        const value = { deviceId: 'd1', moduleId: '', generationId: '1', version: 2 };
        edge.test.eventLog.control({
          $case: 'credentialsChanged',
          value: { ...value, reason: control.CredentialsChanged_Reason.DISABLED },
        });
      },
    ],
    ['may have changed unheard', () => edge.test.pass(5, { beating: false })],
  ])('nobody is whose credentials %s', async (_, change) => {
    await connect();
    edge.test.identity.unreachable = true;
    await change();
    await expect(connect()).rejects.toBeDefined();
  });
});
