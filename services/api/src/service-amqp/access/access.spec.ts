import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { createSasToken, sasKeyFromText } from '@mooring/credentials';
import rhea, { type Connection } from 'rhea';
import { openBearerTokens } from '../../auth/bearer/bearer-tokens.js';
import { AUDIENCE, TestIssuer } from '../../spec-support/test-issuer.js';
import { Cbs, once, refusal } from '../spec-support/service-client.js';
import { HOST, KEY, ServiceServer } from '../spec-support/service-server.js';

const C2D = '/messages/devicebound';

let clock: ManualClock;
let server: ServiceServer;

beforeEach(async () => {
  clock = new ManualClock(Date.now());
  server = await ServiceServer.start({ clock });
});
afterEach(() => server.stop());

/** Connects with a SASL mechanism of which the client needs nothing more. */
function connectBy(mechanism: 'none' | 'ANONYMOUS' | 'MSSBCBS'): Connection {
  if (mechanism === 'MSSBCBS') {
    const start = (callback: (error: Error | undefined, response: Buffer) => void) =>
      callback(undefined, Buffer.alloc(0));
    return server.connect({ sasl_mechanisms: { MSSBCBS: () => ({ start, step: start }) } } as object);
  }
  return server.connect(mechanism === 'none' ? {} : { username: 'anyone' });
}

async function isAdmitted(connection: Connection, address = C2D): Promise<boolean> {
  const link = connection.open_sender({ target: { address } });
  const opened = once(link, 'sendable').then(() => true);
  return Promise.race([opened, once(link, 'sender_error').then(() => false)]);
}

describe('access to the hub by AMQP', () => {
  it.each([
    ["Node's client", 'none', HOST, 'text'],
    [".NET's client", 'none', `amqps://${HOST}/messages/deviceBound`, 'text'],
    ["Java's client", 'ANONYMOUS', HOST, rhea.types.wrap_uuid(Buffer.alloc(16, 7))],
    ["Python's client", 'MSSBCBS', `https://${HOST}`, rhea.types.wrap_ulong(0)],
  ] as const)('is given to %s (SASL %s, audience %s)', async (_client, mechanism, audience, id) => {
    const connection = connectBy(mechanism);
    const cbs = await Cbs.open(connection);
    expect(await cbs.put(audience, server.token(), { id })).toEqual([200, 'OK']);
    expect(await isAdmitted(connection)).toBe(true);
    expect(await server.count('mooring_api_service_links_total', { link: 'device-bound', outcome: 'attached' })).toBe(
      1,
    );
  });

  it("is given by PLAIN, as the command line's extension does it", async () => {
    const connection = server.connect({ username: `service@sas.root.${HOST}`, password: server.token() });
    expect(await isAdmitted(connection)).toBe(true);
  });

  it.each([
    ['another policy than signed', 'registryRead@sas.root.localhost', () => server.token()],
    ['a bad token', 'service@sas.root.localhost', () => 'SharedAccessSignature sr=x'],
    ["a device's user", 'd1@sas.localhost', () => server.token()],
    ['a policy that may not', 'registryRead@sas.root.localhost', () => server.token('registryRead')],
  ])('is not given by PLAIN with %s', async (_case, username, password) => {
    await once(server.connect({ username, password: password() }), 'connection_error');
  });

  it('takes a token for a part of the hub for that part', async () => {
    const connection = server.connect();
    const cbs = await Cbs.open(connection);
    expect(await cbs.put(HOST, server.token('service', `${HOST}/messages/deviceBound`))).toEqual([200, 'OK']);
    expect(await isAdmitted(connection)).toBe(true);
    const feedback = connection.open_receiver('/messages/serviceBound/feedback');
    expect(await refusal(feedback)).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('is refused with 401 where a token is not good, and the connection stays', async () => {
    const connection = server.connect();
    const cbs = await Cbs.open(connection);
    const byText = createSasToken({ resource: HOST, key: sasKeyFromText(KEY), se: 2e9, policy: 'service' });
    const refused: readonly (readonly [string, string, RegExp])[] = [
      [HOST, server.token('nobody'), /not of a policy/],
      [HOST, server.token('registryRead'), /registryRead lacks ServiceConnect/],
      [HOST, server.token('service', 'other.iot.test'), /another resource/],
      [HOST, server.token('service', HOST, -1), /expired/],
      [HOST, byText, /not of a policy/],
      [HOST, 'SharedAccessSignature sr=x', /./],
      [`${HOST}%2Fdevices%2Fd1`, server.token(), /audience/],
      [`sb://${HOST}/events`, server.token(), /audience/],
      [HOST, 'Bearer x.y.z', /no OpenID Connect issuer is configured/],
    ];
    for (const [audience, token, reason] of refused) {
      const [status, description] = await cbs.put(audience, token);
      expect([audience, token, status, description]).toEqual([audience, token, 401, expect.stringMatching(reason)]);
    }
    const link = connection.open_sender(C2D);
    expect(await refusal(link)).toMatchObject({
      condition: 'amqp:unauthorized-access',
      info: { 'com.microsoft:error-code': 401003, 'com.microsoft:tracking-id': expect.any(String) },
    });
    expect(await server.count('mooring_api_service_links_total', { outcome: 'IotHubUnauthorized' })).toBe(1);
    expect(await cbs.put(HOST, server.token())).toEqual([200, 'OK']);
    expect(await isAdmitted(connection)).toBe(true);
  });

  it('ends with its token, unless that is put anew', async () => {
    const connection = server.connect();
    const cbs = await Cbs.open(connection);
    await cbs.put(HOST, server.token('service', HOST, 60));
    const link = connection.open_sender(C2D);
    await once(link, 'sendable');
    await cbs.put(HOST, server.token('service', HOST, 120));
    clock.advance(60_000);
    expect(await isAdmitted(connection)).toBe(true);
    expect(link.is_open()).toBe(true);
    const ended = refusal(link);
    clock.advance(60_000);
    expect(await ended).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('ends when the policy loses the right, or its key', async () => {
    const connection = server.connect();
    const cbs = await Cbs.open(connection);
    await cbs.put(HOST, server.token());
    const link = connection.open_sender(C2D);
    await once(link, 'sendable');
    await server.amqp.reviewTokens();
    expect(link.is_open()).toBe(true);
    server.setPolicy('service', ['RegistryRead']);
    const ended = refusal(link);
    await server.amqp.reviewTokens();
    expect(await ended).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });
});

describe('access by a bearer token', () => {
  let issuer: TestIssuer;
  let guarded: ServiceServer;

  beforeEach(async () => {
    issuer = await TestIssuer.start();
    const bearerTokens = openBearerTokens({ issuer: issuer.url, audience: AUDIENCE, clock, agent: issuer.agent });
    guarded = await ServiceServer.start({ clock, bearerTokens });
  });
  afterEach(async () => {
    await guarded.stop();
    await issuer.stop();
  });

  it.each([
    ["Node's client", `${AUDIENCE}/.default`, 'Bearer ', 'servicebus.windows.net:sastoken'],
    ['any client', HOST, '', 'jwt'],
    ["Java's client", HOST, 'Bearer ', 'bearer'],
    [".NET's client", `amqps://${HOST}/messages/deviceBound`, '', 'Bearer'],
  ])('is given to %s, which puts it for %s', async (_client, audience, prefix, type) => {
    const connection = guarded.connect();
    const cbs = await Cbs.open(connection);
    const token = await issuer.token({ exp: Math.floor(clock.now() / 1000) + 60 });
    expect(await cbs.put(audience, `${prefix}${token}`, { type })).toEqual([200, 'OK']);
    const link = connection.open_sender(C2D);
    await once(link, 'sendable');
    const ended = refusal(link);
    clock.advance(60_000);
    expect(await ended).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('is refused without the right', async () => {
    const cbs = await Cbs.open(guarded.connect());
    const reader = await issuer.token({ roles: ['IoT Hub Data Reader'] });
    expect(await cbs.put(HOST, reader, { type: 'jwt' })).toEqual([
      401,
      expect.stringMatching('The bearer token lacks ServiceConnect'),
    ]);
  });
});
