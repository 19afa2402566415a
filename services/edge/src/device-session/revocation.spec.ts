import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { control, identity } from '@mooring/proto';
import { OTHER_KEY } from '../fake-identity.spec-support.js';
import { HOST, token } from '../mqtt-client.spec-support.js';
import { TestEdge, turn } from '../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

const { DELETED, DISABLED, REKEYED, ADMITTED } = control.CredentialsChanged_Reason;
const GENERATION = '638000000000000000';

function changed(reason: control.CredentialsChanged_Reason, more: Partial<control.CredentialsChanged> = {}): void {
  const value = { deviceId: 'd1', moduleId: '', generationId: GENERATION, version: 2, reason, ...more };
  edge.eventLog.control({ $case: 'credentialsChanged', value });
}

describe('a change of credentials', () => {
  it.each([
    ['deleted', DELETED],
    ['disabled', DISABLED],
    ['given other keys', REKEYED],
  ])('closes the connection of a device that was %s, and no other', async (_, reason) => {
    const client = await edge.connected();
    const other = await edge.connected({ clientId: 'd2' });
    changed(reason);
    await client.closing();
    expect(other.closed).toBe(false);
  });

  it('does nothing to a connection that was admitted by it', async () => {
    edge.identity.put('d1', { version: 2 });
    const client = await edge.connected();
    changed(REKEYED);
    changed(ADMITTED, { version: 1 });
    await turn();
    expect(client.closed).toBe(false);
  });

  it('of a device closes its modules if it touches them', async () => {
    const module = await edge.connected({ clientId: 'd1/m1' });
    changed(REKEYED);
    await turn();
    expect(module.closed).toBe(false);
    edge.identity.put('d1/m1', { enabled: false });
    changed(DISABLED, { version: 3 });
    await module.closing();
  });

  it('of an older generation does not close the newer one', async () => {
    const client = await edge.connected();
    changed(DELETED, { generationId: '1', version: 9 });
    await turn();
    expect(client.closed).toBe(false);
    edge.identity.put('d1', { generationId: '2' });
    changed(ADMITTED, { generationId: '2', version: 1 });
    await client.closing();
  });

  it('is heeded by the next login at once', async () => {
    const client = await edge.connected();
    edge.identity.put('d1', { enabled: false, version: 2 });
    changed(DISABLED);
    await client.closing();
    expect(await edge.open().connect()).toMatchObject({ returnCode: 5 });
    edge.identity.put('d1', { version: 3 });
    changed(ADMITTED, { version: 3 });
    expect(await edge.open().connect()).toMatchObject({ returnCode: 0 });
  });

  it('that falls between reading credentials and admission is not missed', async () => {
    let answer: () => void = () => undefined;
    edge.identity.gate = new Promise((resolve) => {
      answer = resolve;
    });
    const client = edge.open();
    const connack = client.connect();
    await turn();
    expect(edge.identity.resolved).toHaveLength(1);
    edge.identity.put('d1', { enabled: false, version: 2 });
    changed(DISABLED);
    answer();
    expect(await connack).toMatchObject({ returnCode: 5 });
    expect((await edge.affinity.holders(['d1']))[0]).toBeUndefined();
  });
});

describe('a token', () => {
  it('ends its connection when it ends', async () => {
    const seconds = Math.floor(edge.clock.now() / 1_000);
    const client = await edge.connected({ password: token('d1', { se: seconds + 20 }) });
    const longer = await edge.connected({ clientId: 'd2', password: token('d2', { se: seconds + 60 }) });
    await edge.pass(19);
    expect(client.closed).toBe(false);
    await edge.pass(2);
    await client.closing();
    expect(longer.closed).toBe(false);
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="token-expired"} 1');
  });
});

describe('a shared access policy', () => {
  const policy: identity.Policy = {
    name: 'device',
    primaryKey: OTHER_KEY,
    secondaryKey: '',
    rights: [identity.Right.DEVICE_CONNECT],
    etag: '',
  };
  const byPolicy = { password: token('d1', { policy: 'device', resource: HOST, key: OTHER_KEY }) };

  it('that changes closes whom its key admitted, and nobody else', async () => {
    edge.identity.policies.push(policy);
    const client = await edge.connected(byPolicy);
    const own = await edge.connected({ clientId: 'd2' });
    edge.identity.policies.push({ ...policy, name: 'another' });
    edge.eventLog.control({ $case: 'policiesChanged', value: {} });
    await turn();
    expect(client.closed).toBe(false);
    edge.identity.policies[0] = { ...policy, primaryKey: Buffer.alloc(32).toString('base64') };
    edge.eventLog.control({ $case: 'policiesChanged', value: {} });
    await client.closing();
    expect(own.closed).toBe(false);
    expect(await edge.open().connect(byPolicy)).toMatchObject({ returnCode: 5 });
  });

  it('that is removed closes them too', async () => {
    edge.identity.policies.push(policy);
    const client = await edge.connected(byPolicy);
    edge.identity.policies.pop();
    edge.eventLog.control({ $case: 'policiesChanged', value: {} });
    await client.closing();
  });
});

describe('without the beat of identity', () => {
  const wrong = { password: token('d1', { key: Buffer.alloc(32).toString('base64') }) };

  it('identity is asked at each login, and live connections go on', async () => {
    const live = await edge.connected({ keepalive: 600 });
    await edge.pass(5, { beating: false });
    edge.identity.resolved.length = 0;
    for (let attempt = 0; attempt < 3; attempt++) {
      await edge.open().connect(wrong);
    }
    expect(edge.identity.resolved).toHaveLength(3);
    expect(live.closed).toBe(false);
  });

  it('all connections are checked once it is heard again', async () => {
    const deleted = await edge.connected({ keepalive: 600 });
    const rekeyed = await edge.connected({ clientId: 'd2', keepalive: 600 });
    const same = await edge.connected({ clientId: 'd1/m1', keepalive: 600 });
    await edge.pass(5, { beating: false });
    edge.identity.credentials.delete('d1');
    edge.identity.put('d2', { version: 2 });
    edge.identity.unreachable = true;
    edge.eventLog.beat();
    await turn();
    expect(deleted.closed).toBe(false);
    edge.identity.unreachable = false;
    await edge.pass(2);
    await deleted.closing();
    await rekeyed.closing();
    expect(same.closed).toBe(false);
  });
});
