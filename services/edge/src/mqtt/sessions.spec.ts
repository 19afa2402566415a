import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestEdge, turn } from '../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

const INBOX = 'devices/d1/messages/devicebound/#';
const TWIN = '$iothub/twin/res/#';

describe('subscriptions', () => {
  it('are granted for the fixed filters of the device alone, at QoS 1 at most', async () => {
    const client = await edge.connected();
    const asked = {
      [INBOX]: 2,
      [TWIN]: 0,
      '$iothub/twin/PATCH/properties/desired/#': 1,
      '$iothub/methods/POST/#': 0,
      'devices/d2/messages/devicebound/#': 1,
      'devices/d1/modules/m1/inputs/#': 1,
      'devices/+/messages/devicebound/#': 1,
      'devices/d1/messages/events/#': 1,
      '#': 0,
      '$iothub/#': 0,
      '': 0,
    };
    expect(await client.subscribe(asked)).toEqual([1, 0, 1, 0, ...Array(7).fill(0x80)]);
  });

  it('are granted for the filters of the module alone', async () => {
    const client = await edge.connected({ clientId: 'd1/m1' });
    const own = 'devices/d1/modules/m1/';
    const asked = { [`${own}#`]: 1, [`${own}inputs/#`]: 1, [`${own}messages/devicebound/#`]: 1, [INBOX]: 1 };
    expect(await client.subscribe(asked)).toEqual([1, 1, 1, 0x80]);
  });

  it('closes a connection with more filters than the limit', async () => {
    const client = await edge.connected();
    const asked = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`f${index}`, 0]));
    expect(await client.subscribe(asked)).toBeUndefined();
  });
});

describe('a persistent session', () => {
  it('keeps its subscriptions over reconnects, and tells whether it was there', async () => {
    const first = edge.open();
    expect(await first.connect({ clean: false })).toMatchObject({ sessionPresent: false });
    await first.subscribe({ [INBOX]: 1 });
    await first.subscribe({ [TWIN]: 0 });
    first.vanish();
    expect(edge.identity.credentials.get('d1')?.session?.subscriptions).toEqual({ [INBOX]: 1, [TWIN]: 0 });

    const second = edge.open();
    expect(await second.connect({ clean: false })).toMatchObject({ sessionPresent: true });
    second.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: [INBOX, 'unknown'] });
    expect(await second.next('unsuback')).toMatchObject({ messageId: 8 });
    expect(edge.identity.credentials.get('d1')?.session?.subscriptions).toEqual({ [TWIN]: 0 });
  });

  it('is found whatever an edge remembers of the device', async () => {
    const other = await TestEdge.start({ beside: edge, settings: { edgeId: 'edge-2' } });
    await edge.connected({ clean: false });
    const there = await other.connected({ clean: false });
    await there.subscribe({ [INBOX]: 1 });
    expect(await edge.open().connect({ clean: false })).toMatchObject({ sessionPresent: true });
    await other.stop();
  });

  it('ends with a clean session', async () => {
    const first = await edge.connected({ clean: false });
    await first.subscribe({ [INBOX]: 1 });
    const clean = edge.open();
    expect(await clean.connect({ clean: true })).toMatchObject({ sessionPresent: false });
    await clean.subscribe({ [INBOX]: 1 });
    expect(edge.identity.credentials.get('d1')?.session).toBeUndefined();
    expect(await edge.open().connect({ clean: false })).toMatchObject({ sessionPresent: false });
  });

  it('is stored before the SUBACK, and the next packet waits', async () => {
    const client = await edge.connected({ clean: false });
    let open: () => void = () => undefined;
    edge.identity.gate = new Promise((resolve) => {
      open = resolve;
    });
    const answer = client.subscribe({ [INBOX]: 1 });
    client.send({ cmd: 'pingreq' });
    await turn();
    expect(client.received).toEqual([]);
    open();
    expect(await answer).toEqual([1]);
    expect(await client.next('pingresp')).toBeDefined();
  });

  it('writes nothing when nothing changes', async () => {
    const client = await edge.connected({ clean: false });
    await client.subscribe({ [INBOX]: 1 });
    await client.subscribe({ [INBOX]: 1 });
    expect(edge.identity.sessionWrites).toHaveLength(1);
  });

  it('closes the connection if it cannot be stored, or a newer one has', async () => {
    const cut = await edge.connected({ clean: false });
    edge.identity.unreachable = true;
    expect(await cut.subscribe({ [INBOX]: 1 })).toBeUndefined();
    edge.identity.unreachable = false;
    const fenced = await edge.connected({ clean: false });
    const stored = edge.identity.credentials.get('d1');
    Object.assign(stored ?? {}, { session: { epoch: Number.MAX_SAFE_INTEGER, subscriptions: {} } });
    expect(await fenced.subscribe({ [INBOX]: 1 })).toBeUndefined();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="session-not-stored"} 1');
  });
});
