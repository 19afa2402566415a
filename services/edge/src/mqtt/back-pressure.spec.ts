import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start({ settings: { mqttMaxInFlight: 4 } });
  edge.ingress.automatic = false;
});
afterEach(() => edge.stop());

describe('back pressure', () => {
  it('reads a connection no further than its window, and others all the same', async () => {
    const busy = await edge.connected();
    const other = await edge.connected({ clientId: 'd2' });
    for (let id = 1; id <= 20; id++) {
      busy.publish(TELEMETRY, `m${id}`, id);
    }
    await turn();
    expect(edge.ingress.records).toHaveLength(4);
    other.publish('devices/d2/messages/events/', 'x', 1);
    await turn();
    expect(edge.ingress.records).toHaveLength(5);

    for (let rounds = 0; rounds < 20; rounds++) {
      edge.ingress.acknowledge();
      await turn();
    }
    expect(await busy.acknowledgements(20)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(await other.acknowledgements(1)).toEqual([1]);
    expect(edge.ingress.records.filter(({ key }) => key === 'd1').map(({ value }) => value.toString())).toEqual(
      Array.from({ length: 20 }, (_, index) => `m${index + 1}`),
    );
    expect(await edge.metric('mooring_edge_in_flight_messages')).toContain(' 0');
  });

  it('counts QoS 0 into the window too', async () => {
    const client = await edge.connected();
    for (let i = 0; i < 20; i++) {
      client.publish(TELEMETRY, 'x');
    }
    await turn();
    expect(edge.ingress.records).toHaveLength(4);
  });

  it('stops while the log says so, until it has room', async () => {
    edge.ingress.capacity = 2;
    const client = await edge.connected();
    for (let id = 1; id <= 4; id++) {
      client.publish(TELEMETRY, 'x', id);
    }
    await turn();
    expect(edge.ingress.records).toHaveLength(2);
    edge.ingress.acknowledge();
    await turn();
    expect(edge.ingress.records).toHaveLength(4);
  });

  it('closes the connections of a batch that the log gave up, unacknowledged', async () => {
    const client = await edge.connected();
    const other = await edge.connected({ clientId: 'd2' });
    client.publish(TELEMETRY, 'x', 1);
    await turn();
    edge.ingress.fail();
    await client.closing();
    expect(client.received).toEqual([]);
    expect(other.closed).toBe(false);
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="append-failed"} 1');
    expect(await edge.metric('mooring_edge_in_flight_messages')).toContain(' 0');
  });

  it('stops reading a client that does not read, and closes it after a while', async () => {
    const client = edge.open([], 64);
    await client.connect();
    client.stream.pause();
    for (let i = 0; i < 2_000 && !client.stream.writableNeedDrain; i++) {
      client.send({ cmd: 'pingreq' });
      await turn();
    }
    expect(client.stream.writableNeedDrain).toBe(true);
    await edge.pass(58);
    expect(await edge.metric('mooring_edge_connections')).toContain(' 1');
    await edge.pass(4);
    expect(await edge.metric('mooring_edge_connections')).toContain(' 0');
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="write-timeout"} 1');
  });

  it('goes on with a client that reads again in time', async () => {
    const client = edge.open([], 64);
    await client.connect({ keepalive: 600 });
    client.stream.pause();
    for (let i = 0; i < 2_000 && !client.stream.writableNeedDrain; i++) {
      client.send({ cmd: 'pingreq' });
      await turn();
    }
    await edge.pass(30);
    client.stream.resume();
    await edge.pass(100);
    client.publish(TELEMETRY, 'x', 1);
    await turn();
    edge.ingress.acknowledge();
    expect(await client.acknowledgements(1)).toEqual([1]);
  });
});
