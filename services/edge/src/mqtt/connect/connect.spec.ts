import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { OTHER_KEY } from '../../fake-identity.spec-support.js';
import { HOST, token } from '../../mqtt-client.spec-support.js';
import { TestEdge } from '../../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

describe('CONNECT', () => {
  it.each([
    ['the primary key', {}],
    ['the secondary key', { password: token('d1', { key: OTHER_KEY }) }],
    ['a user name without a question mark', { username: `${HOST}/d1/api-version=2016-11-14&DeviceClientType=x` }],
    ['a user name in capitals with a port', { username: `HUB.example.com:8883/d1/?api-version=2021-04-12` }],
    ['a module', { clientId: 'd1/m1' }],
  ])('admits by %s', async (_, options) => {
    expect(await edge.open().connect(options)).toMatchObject({ returnCode: 0, sessionPresent: false });
    expect(await edge.metric('mooring_edge_connects_total')).toContain('outcome="accepted"} 1');
  });

  it.each([
    ['an unknown device', 5, 'unknown-identity', { clientId: 'd9' }],
    ['a device id in other letters', 5, 'unknown-identity', { clientId: 'D1' }],
    ['no password', 5, 'no-credentials', { password: undefined }],
    ['garbage', 5, 'malformed-token', { password: 'SharedAccessSignature sr=x' }],
    ['a token that has ended', 5, 'token-expired', { password: token('d1', { se: 1_000_000_000 }) }],
    ['a token of another device', 5, 'token-of-other-resource', { password: token('d2') }],
    [
      'a token of another host',
      5,
      'token-of-other-resource',
      { password: token('d1', { resource: 'x.y/devices/d1' }) },
    ],
    [
      'a token of a longer id',
      5,
      'token-of-other-resource',
      { password: token('d1', { resource: `${HOST}/devices/d` }) },
    ],
    ['a device key for all devices', 5, 'token-too-wide', { password: token('d1', { resource: `${HOST}/devices` }) }],
    ['a device key for its module', 5, 'token-too-wide', { clientId: 'd1/m1', password: token('d1') }],
    ['another key', 5, 'wrong-signature', { password: token('d1', { key: Buffer.alloc(32).toString('base64') }) }],
    ['an unknown policy', 5, 'unknown-policy', { password: token('d1', { policy: 'none', resource: HOST }) }],
    ['a user name of another device', 5, 'user-name', { username: `${HOST}/d2/?api-version=2021-04-12` }],
    ['a user name of another hub', 5, 'user-name', { username: 'other.example.com/d1/?api-version=2021-04-12' }],
    ['an id with a wildcard level', 5, 'unknown-identity', { clientId: 'x#+foo' }],
    ['an id with three parts', 2, 'client-id', { clientId: 'd1/m1/x' }],
    ['an empty id', 2, 'client-id', { clientId: '' }],
    ['an id with a space', 2, 'client-id', { clientId: 'd 1' }],
  ])('refuses %s with %d', async (_, code, reason, options) => {
    const client = edge.open();
    expect(await client.connect(options)).toMatchObject({ returnCode: code, sessionPresent: false });
    await client.closing();
    expect(await edge.metric('mooring_edge_connects_total')).toContain(`outcome="${reason}"} 1`);
  });

  it('refuses another version of the protocol with 1, and another protocol by closing', async () => {
    for (const [head, answer] of [
      ['00044d51545405', '20020001'],
      ['00064d514973647003', '20020001'],
      ['00044d51545304c2003c0000', ''],
    ] as const) {
      const client = edge.open();
      const received: Buffer[] = [];
      client.stream.on('data', (chunk: Buffer) => received.push(chunk));
      const body = Buffer.from(`${head}0000000000`, 'hex').subarray(0, answer === '' ? 12 : undefined);
      client.stream.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
      await client.closing();
      expect(Buffer.concat(received).toString('hex')).toBe(answer);
    }
  });

  it('refuses disabled identities and those without credentials', async () => {
    edge.identity.put('off', { enabled: false });
    edge.identity.put('none', { authentication: { type: identity.AuthenticationType.NONE } });
    for (const clientId of ['off', 'none']) {
      expect(await edge.open().connect({ clientId })).toMatchObject({ returnCode: 5 });
    }
  });

  it('admits by a policy that may connect devices, and by no other', async () => {
    const { DEVICE_CONNECT, SERVICE_CONNECT } = identity.Right;
    const keys = { primaryKey: OTHER_KEY, secondaryKey: '', etag: '' };
    edge.identity.policies.push({ name: 'device', rights: [DEVICE_CONNECT], ...keys });
    edge.identity.policies.push({ name: 'service', rights: [SERVICE_CONNECT], ...keys });
    const by = (policy: string, resource: string) => ({
      password: token('d1', { policy, resource, key: OTHER_KEY }),
    });
    for (const resource of [HOST, `${HOST}/devices`, `${HOST}/devices/d1`]) {
      expect(await edge.open().connect(by('device', resource))).toMatchObject({ returnCode: 0 });
    }
    expect(await edge.open().connect(by('device', `${HOST}/devices/d2`))).toMatchObject({ returnCode: 5 });
    expect(await edge.open().connect(by('service', HOST))).toMatchObject({ returnCode: 5 });
  });

  it('answers 3 while identity cannot be reached, and admits afterwards', async () => {
    edge.identity.unreachable = true;
    expect(await edge.open().connect()).toMatchObject({ returnCode: 3 });
    edge.identity.unreachable = false;
    expect(await edge.open().connect()).toMatchObject({ returnCode: 0 });
  });

  it('reads what was sent behind it once it is accepted', async () => {
    const client = edge.open();
    client.send(client.connectPacket());
    client.publish('devices/d1/messages/events', 'early', 9);
    expect(await client.acknowledgements(1)).toEqual([9]);
  });

  it('asks for the credentials of many devices in one call', async () => {
    const clients = Array.from({ length: 20 }, (_, index) => `fleet-${index}`);
    for (const clientId of clients) {
      edge.identity.put(clientId);
    }
    await Promise.all(clients.map((clientId) => edge.connected({ clientId })));
    expect(edge.identity.resolved.length).toBeLessThan(10);
  });

  it.each([
    ['other keys', { authentication: { primaryKey: Buffer.alloc(32).toString('base64'), secondaryKey: '' } }],
    ['been disabled', { enabled: false }],
    ['been made anew', { generationId: '638000000000000001', authentication: { primaryKey: OTHER_KEY } }],
  ])('does not rely on what is remembered of a device that has %s since', async (_, change) => {
    expect(await edge.open().connect()).toMatchObject({ returnCode: 0 });
    edge.identity.put('d1', { version: 2, ...change });
    expect(await edge.open().connect()).toMatchObject({ returnCode: 5 });
  });

  it('does not ask identity at each failing login', async () => {
    const wrong = { password: token('d1', { key: Buffer.alloc(32).toString('base64') }) };
    for (let attempt = 0; attempt < 20; attempt++) {
      expect(await edge.open().connect(wrong)).toMatchObject({ returnCode: 5 });
    }
    expect(edge.identity.resolved.length).toBe(1);
  });

  it('closes a connection that sends none in time, or anything else first, or two', async () => {
    const silent = edge.open();
    const first = edge.open();
    first.publish('devices/d1/messages/events', 'x');
    await first.closing();
    const second = await edge.connected();
    second.send(second.connectPacket());
    await second.closing();
    await edge.pass(32);
    await silent.closing();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="connect-timeout"} 1');
  });

  it('closes what is beyond the limits of connections and of a first packet', async () => {
    const big = edge.open();
    big.send(big.connectPacket({ username: `${HOST}/d1/?x=${'y'.repeat(17_000)}` }));
    await big.closing();
    const small = await TestEdge.start({ settings: { maxConnections: 1 } });
    await small.connected();
    await small.open().closing();
    await small.stop();
  });
});
