import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
  edge.ingress.automatic = false;
});
afterEach(() => edge.stop());

describe('drain', () => {
  it('acknowledges what is in flight, then closes, and admits nobody more', async () => {
    const idle = await edge.connected({ clientId: 'd2' });
    const busy = await edge.connected();
    busy.publish(TELEMETRY, 'x', 1);
    await turn();
    const drained = edge.edge.mqtt.drain(10_000);
    await idle.closing();
    busy.publish(TELEMETRY, 'late', 2);
    await edge.open().closing();
    expect(busy.closed).toBe(false);
    edge.ingress.acknowledge();
    expect(await busy.acknowledgements(1)).toEqual([1]);
    await busy.closing();
    await edge.pass(1);
    await drained;
    expect(edge.ingress.records).toHaveLength(1);
  });

  it('waits for the wills of whom it closes', async () => {
    const will = { topic: TELEMETRY, payload: Buffer.from('gone') };
    await edge.connected({ will });
    let isDone = false;
    const drained = edge.edge.mqtt.drain(10_000).then(() => {
      isDone = true;
    });
    await turn();
    expect(edge.ingress.records).toHaveLength(1);
    expect(isDone).toBe(false);
    edge.ingress.acknowledge();
    await drained;
  });

  it('closes what is left when its time is over', async () => {
    const busy = await edge.connected();
    busy.publish(TELEMETRY, 'x', 1);
    await turn();
    const drained = edge.edge.mqtt.drain(2_000);
    await edge.pass(3);
    await drained;
    await busy.closing();
    expect(busy.received).toEqual([]);
  });
});
