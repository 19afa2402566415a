import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

const will = { topic: `${TELEMETRY}a=1`, payload: Buffer.from('gone'), qos: 1, retain: true } as const;

function wills(): (string | undefined)[] {
  return edge.ingress.records.map(({ value, headers }) => `${value} ${headers['iothub-MessageType']} ${headers['a']}`);
}

describe('a will', () => {
  it('is telemetry once its connection is gone, with its properties', async () => {
    const client = await edge.connected({ will });
    client.vanish();
    await turn();
    expect(wills()).toEqual(['gone Will 1']);
    expect(edge.ingress.records[0]).toMatchObject({
      key: 'd1',
      headers: { 'iothub-connection-device-id': 'd1', 'iothub-message-source': 'Telemetry', 'mqtt-retain': 'true' },
    });
  });

  it('is left after a violation, a silence that is too long, and a take-over', async () => {
    const violating = await edge.connected({ will });
    violating.publish('elsewhere', 'x');
    await violating.closing();
    const silent = await edge.connected({ will, keepalive: 10 });
    await edge.pass(20);
    await silent.closing();
    const older = await edge.connected({ will });
    await edge.connected();
    await older.closing();
    expect(wills()).toEqual(Array(3).fill('gone Will 1'));
  });

  it('is not left after DISCONNECT, nor by who may no longer speak', async () => {
    const polite = await edge.connected({ will });
    polite.send({ cmd: 'disconnect' });
    await polite.closing();
    const deleted = await edge.connected({ will });
    edge.eventLog.control({
      $case: 'credentialsChanged',
      value: { deviceId: 'd1', moduleId: '', generationId: '638000000000000000', version: 2, reason: 1 },
    });
    await deleted.closing();
    expect(wills()).toEqual([]);
  });

  it('is not left by a connection that was not admitted', async () => {
    await edge.open().connect({ will, password: 'wrong' });
    await turn();
    expect(wills()).toEqual([]);
  });

  it.each([
    ['another device', { ...will, topic: 'devices/d2/messages/events/' }],
    ['its module', { ...will, topic: 'devices/d1/modules/m1/messages/events/' }],
    ['an operation', { ...will, topic: '$iothub/twin/GET/' }],
    ['QoS 2', { ...will, qos: 2 as const }],
  ])('of %s is refused', async (_, bad) => {
    expect(await edge.open().connect({ will: bad })).toMatchObject({ returnCode: 5 });
  });

  it('with a malformed bag closes the connection', async () => {
    expect(await edge.open().connect({ will: { ...will, topic: `${TELEMETRY}=x` } })).toBeUndefined();
  });
});
