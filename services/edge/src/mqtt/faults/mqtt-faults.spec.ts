import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AskedFault, faultProperties } from '../../fault-injection/faults.spec-support.js';
import { TELEMETRY, TestEdge, turn } from '../../test-edge.spec-support.js';

const bag = (fault: AskedFault) => TELEMETRY + new URLSearchParams(faultProperties(fault));

describe('faults over MQTT', () => {
  let edge: TestEdge;
  beforeEach(async () => {
    edge = await TestEdge.start({ settings: { faultInjection: true } });
  });
  afterEach(() => edge.stop());

  it.each(['KillTcp', 'ShutDownMqtt'] as const)(
    '%s ends the connection of its sender after its delay',
    async (type) => {
      const client = await edge.connected();
      const other = await edge.connected({ clientId: 'd2' });
      client.publish(bag({ type, delay: 2, duration: 60 }), 'x', 1);
      expect(await client.acknowledgements(1)).toEqual([1]);
      expect(edge.ingress.records[0]?.value).toEqual(Buffer.from('x'));
      await edge.pass(1);
      expect(client.closed).toBe(false);
      await edge.pass(1);
      await client.closing();
      const again = await edge.connected();
      for (const [at, device] of [again, other].entries()) {
        device.publish(`devices/d${at + 1}/messages/events/`, 'y', 2);
        expect(await device.acknowledgements(1)).toEqual([2]);
      }
      expect(await edge.metric('mooring_edge_injected_faults_total')).toContain(`{type="${type}"} 1`);
    },
  );

  it('strikes only what was acknowledged', async () => {
    edge.ingress.automatic = false;
    const client = await edge.connected();
    client.publish(bag({ type: 'KillTcp' }), 'x', 1);
    client.publish(TELEMETRY, 'y', 2);
    await turn();
    await edge.pass(10);
    expect(client.closed).toBe(false);
    edge.ingress.acknowledge(1);
    expect(await client.acknowledgements(1)).toEqual([1]);
    await edge.pass(1);
    await client.closing();
    expect(client.received).toEqual([]);
  });

  it.each([0, 1])('reads faults at QoS %i', async (qos) => {
    const client = await edge.connected();
    client.publish(bag({ type: 'KillTcp' }), 'x', qos === 0 ? undefined : 1);
    await turn();
    await edge.pass(1);
    await client.closing();
  });

  it.each(['InvokeThrottling', 'InvokeMaxMessageQuota', 'InvokeAuthError'] as const)(
    '%s closes for every message while it lasts, and admits connections',
    async (type) => {
      const client = await edge.connected();
      client.publish(bag({ type, duration: 5 }), 'x', 1);
      expect(await client.acknowledgements(1)).toEqual([1]);
      client.publish(TELEMETRY, 'y', 2);
      await client.closing();
      const again = await edge.connected();
      again.publish(TELEMETRY, 'y', 3);
      await again.closing();
      await edge.pass(5);
      const well = await edge.connected();
      well.publish(TELEMETRY, 'y', 4);
      expect(await well.acknowledgements(1)).toEqual([4]);
      expect(edge.ingress.records.map(({ value }) => value.toString())).toEqual(['x', 'y']);
      expect(await edge.metric('mooring_edge_closes_total')).toContain('{protocol="mqtt",reason="fault-injected"} 2');
    },
  );

  it('finds nothing of AMQP to break', async () => {
    const client = await edge.connected();
    client.publish(bag({ type: 'KillAmqpConnection' }), 'x', 1);
    await client.acknowledgements(1);
    await edge.pass(5);
    expect(client.closed).toBe(false);
  });
});

it('are ordinary properties where they are off', async () => {
  const edge = await TestEdge.start();
  const client = await edge.connected();
  client.publish(bag({ type: 'KillTcp' }), 'x', 1);
  client.publish(bag({ type: 'InvokeThrottling', duration: 60 }), 'x', 2);
  expect(await client.acknowledgements(2)).toEqual([1, 2]);
  await edge.pass(5);
  client.publish(TELEMETRY, 'y', 3);
  expect(await client.acknowledgements(1)).toEqual([3]);
  expect(edge.ingress.records[0]?.headers).toMatchObject({ AzIoTHub_FaultOperationType: 'KillTcp' });
  await edge.stop();
});
