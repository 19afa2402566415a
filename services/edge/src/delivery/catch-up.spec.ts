import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { FakeQueues } from '../fake-queues.spec-support.js';
import { FakeTwins } from '../fake-twins.spec-support.js';
import type { MqttClient } from '../mqtt-client.spec-support.js';
import { TestEdge, turn, until } from '../test-edge.spec-support.js';

const DESIRED = '$iothub/twin/PATCH/properties/desired/#';
const REPLIES = '$iothub/twin/res/#';
const MESSAGES = 'devices/d1/messages/devicebound/#';

let edge: TestEdge;
let twins: FakeTwins;
let queues: FakeQueues;
beforeEach(async () => {
  twins = new FakeTwins();
  queues = new FakeQueues();
  edge = await TestEdge.start({ more: { twinService: twins, c2dQueueService: queues } });
  twins.put('d1');
  twins.put('d2');
});
afterEach(() => edge.stop());

async function subscribed(clientId: string, ...filters: readonly string[]): Promise<MqttClient> {
  const client = await edge.connected({ clientId, keepalive: 600 });
  await client.subscribe(Object.fromEntries(filters.map((filter) => [filter, 1])));
  return client;
}

/** It has read its twin, as devices do after they have subscribed. */
async function reading(clientId: string): Promise<MqttClient> {
  const client = await subscribed(clientId, DESIRED, REPLIES);
  client.publish('$iothub/twin/GET/?$rid=1', '');
  await client.next('publish');
  return client;
}

/** A change that nobody is told of. */
function change(name: string): number {
  const twin = twins.twins.get(name);
  if (twin === undefined) {
    throw new TypeError(`${name} has no twin`);
  }
  twin.desiredUpdatedMs = edge.clock.now();
  return ++twin.desiredVersion;
}

async function push(deviceId: string, version: number): Promise<void> {
  const key = { deviceId, moduleId: '' };
  const json = Buffer.from(`{"$version":${version}}`);
  await edge.edge.delivery.pushDesired({ pushes: [{ key, generationId: '638000000000000000', version, json }] });
}

/** The store forgets the lease, and the edge claims all again. */
async function loseLease(): Promise<void> {
  const [held] = await edge.affinity.holders(['d1']);
  await edge.affinity.endLease('edge-1', held?.incarnation ?? '');
  await edge.pass(4);
  const after = async () => (await edge.affinity.holders(['d1']))[0]?.incarnation;
  await until(async () => ![undefined, held?.incarnation].includes(await after()));
}

describe('an edge that services could not find for a while', () => {
  it('looks into the queues of those who want messages', async () => {
    const client = await subscribed('d1', MESSAGES);
    await until(() => queues.receives.length > 0);
    await turn();
    queues.put('d1', { body: Buffer.from('unhinted') });
    await turn();
    expect(client.received).toEqual([]);
    await loseLease();
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('unhinted') });
  });

  it('does so too where it went on because the store did not answer', async () => {
    const client = await subscribed('d1', MESSAGES);
    await until(() => queues.receives.length > 0);
    await turn();
    const { renewLease } = edge.affinity;
    Object.assign(edge.affinity, { renewLease: () => Promise.reject(new Error('unreachable')) });
    queues.put('d1', { body: Buffer.from('unhinted') });
    await edge.pass(6);
    expect(client.received).toEqual([]);
    Object.assign(edge.affinity, { renewLease });
    await edge.pass(4);
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('unhinted') });
  });

  it('closes who missed a desired change, and nobody else', async () => {
    change('d1');
    const behind = await reading('d1');
    const upToDate = await reading('d2');
    change('d1');
    await loseLease();
    await edge.pass(6);
    await behind.closing();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="isolated"} 1');
    expect(upToDate.closed).toBe(false);
    const again = await reading('d1');
    await loseLease();
    await edge.pass(6);
    expect(again.closed).toBe(false);
  });

  it('closes nobody whom the change reaches yet', async () => {
    const client = await reading('d1');
    const version = change('d1');
    await loseLease();
    await push('d1', version);
    await edge.pass(6);
    expect(client.closed).toBe(false);
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('{"$version":2}') });
  });

  it('closes who has read nothing only if something changed meanwhile', async () => {
    change('d1');
    change('d2');
    await edge.pass(60);
    const changed = await subscribed('d1', DESIRED);
    const unchanged = await subscribed('d2', DESIRED);
    change('d1');
    await loseLease();
    await edge.pass(6);
    await changed.closing();
    expect(unchanged.closed).toBe(false);
  });

  it('asks again where the twin service does not answer', async () => {
    const client = await reading('d1');
    change('d1');
    twins.failure = new HubError('ServiceUnavailable', 'away');
    await loseLease();
    await edge.pass(3);
    twins.failure = undefined;
    await edge.pass(8);
    await client.closing();
  });
});
