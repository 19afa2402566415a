import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TELEMETRY, TestEdge } from '../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

describe('keep-alive', () => {
  it('closes a connection after one and a half times its silence, not before', async () => {
    const client = await edge.connected({ keepalive: 20 });
    await edge.pass(30);
    expect(client.closed).toBe(false);
    await edge.pass(2);
    await client.closing();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="keep-alive-timeout"} 1');
  });

  it('begins anew with every packet', async () => {
    const client = await edge.connected({ keepalive: 20 });
    for (let i = 0; i < 4; i++) {
      await edge.pass(25);
      client.send({ cmd: 'pingreq' });
      expect(await client.next('pingresp')).toBeDefined();
    }
    await edge.pass(32);
    await client.closing();
  });

  it.each([0, 5_000])('of %d seconds counts as the longest that the hub waits', async (keepalive) => {
    const short = await TestEdge.start({ settings: { mqttMaxKeepAliveSeconds: 40 } });
    const client = await short.connected({ keepalive });
    await short.pass(60);
    expect(client.closed).toBe(false);
    await short.pass(2);
    await client.closing();
    await short.stop();
  });

  it('does not count while the hub itself does not read', async () => {
    const slow = await TestEdge.start({ settings: { mqttMaxInFlight: 1 } });
    slow.ingress.automatic = false;
    const client = await slow.connected({ keepalive: 10 });
    client.publish(TELEMETRY, 'x', 1);
    await slow.pass(60);
    expect(client.closed).toBe(false);
    slow.ingress.acknowledge();
    expect(await client.acknowledgements(1)).toEqual([1]);
    await slow.pass(15);
    expect(client.closed).toBe(false);
    await slow.pass(3);
    await client.closing();
    await slow.stop();
  });
});
