import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateThumbprints } from '@mooring/credentials';
import { control, identity } from '@mooring/proto';
import * as x509 from '@peculiar/x509';
import { OTHER_KEY } from '../../fake-identity.spec-support.js';
import { HOST } from '../../mqtt-client.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { ended, openSender, openSession, putToken, send } from '../spec-support/amqp-client.js';
import { AmqpEdge, type TokenOptions } from '../spec-support/amqp-edge.js';

x509.cryptoProvider.set(webcrypto);

const EVENTS = '/devices/d1/messages/events';
const UNAUTHORIZED = { condition: 'amqp:unauthorized-access', info: { 'com.microsoft:error-code': 401003 } };

let edge: AmqpEdge;
beforeEach(async () => {
  edge = await AmqpEdge.start();
});
afterEach(() => edge.stop());

async function shown(options: TokenOptions, audience = `${HOST}/devices/d1`) {
  const connection = edge.connect();
  return { connection, answer: await putToken(connection, audience, edge.token(options)) };
}

describe('a token of a device', () => {
  it.each([`${HOST}/devices/d1`, encodeURIComponent(`${HOST}/devices/d1`), `amqps://${HOST}/devices/d1`, 'anything'])(
    'is taken for the audience %s',
    async (audience) => {
      const { connection, answer } = await shown({}, audience);
      expect(answer).toEqual([200, 'OK']);
      expect((await send(await openSender(connection, EVENTS), {})).outcome).toBe('accepted');
      expect(edge.test.ingress.records[0]?.headers['iothub-connection-auth-method']).toContain('"scope":"device"');
    },
  );

  it.each<TokenOptions>([{ key: OTHER_KEY.toLowerCase() }, { seconds: -1 }, { name: 'nobody' }])(
    'is refused if it is not good, and the connection lives on: %j',
    async (options) => {
      const { connection, answer } = await shown(options);
      expect(answer[0]).toBe(401);
      await expect(openSender(connection, EVENTS)).rejects.toMatchObject(UNAUTHORIZED);
      expect((await putToken(connection, 'x', edge.token()))[0]).toBe(200);
      await openSender(connection, EVENTS);
    },
  );

  it('does not open the links of others, nor of its modules', async () => {
    const { connection } = await shown({});
    await expect(openSender(connection, '/devices/d2/messages/events')).rejects.toMatchObject(UNAUTHORIZED);
    await expect(openSender(connection, '/devices/d1/modules/m1/messages/events')).rejects.toMatchObject(UNAUTHORIZED);
    expect((await putToken(connection, 'x', edge.token({ name: 'd1/m1' })))[0]).toBe(200);
    const link = await openSender(connection, '/devices/d1/modules/m1/messages/events');
    expect((await send(link, {})).outcome).toBe('accepted');
    expect(edge.test.ingress.records[0]?.headers['iothub-connection-module-id']).toBe('m1');
  });

  it('may have been signed for an id that was encoded by itself, as .NET does', async () => {
    for (const deviceId of ['a$b', 'a%24b']) {
      edge.test.identity.put(deviceId, deviceId === 'a$b' ? {} : { authentication: { primaryKey: OTHER_KEY } });
    }
    const connection = edge.connect();
    const encoded = edge.token({ name: encodeURIComponent('a$b') });
    expect((await putToken(connection, 'x', encoded))[0]).toBe(200);
    const link = await openSender(connection, `/devices/${encodeURIComponent('a$b')}/messages/events`);
    expect((await send(link, {})).outcome).toBe('accepted');
    expect(edge.test.ingress.records[0]?.headers['iothub-connection-device-id']).toBe('a$b');
    // The key tells the two apart, whose tokens are for the same text.
    await expect(openSender(connection, '/devices/a%2524b/messages/events')).rejects.toMatchObject(UNAUTHORIZED);
    const literal = edge.token({ name: 'a%24b', key: OTHER_KEY });
    expect((await putToken(connection, 'y', literal))[0]).toBe(200);
    await openSender(connection, '/devices/a%2524b/messages/events');
  });

  it('ends its links when it expires, unless it was put anew', async () => {
    const { connection } = await shown({ seconds: 60 });
    await putToken(connection, 'd2', edge.token({ name: 'd2', seconds: 60 }));
    const link = await openSender(connection, EVENTS, { session: openSession(connection) });
    const other = await openSender(connection, '/devices/d2/messages/events', { session: openSession(connection) });
    await putToken(connection, 'd2', edge.token({ name: 'd2', seconds: 600 }));
    const end = ended(link);
    await edge.test.pass(61);
    expect(await end).toMatchObject(UNAUTHORIZED);
    expect((await send(other, {})).outcome).toBe('accepted');
    expect(await edge.test.metric('mooring_edge_closes_total')).toContain('reason="token-expired"} 1');
  });

  it('may be given with SASL PLAIN', async () => {
    for (const [username, name] of [
      [`d1@sas.${HOST.split('.')[0]}`, 'd1'],
      [`d1/modules/m1@${HOST}`, 'd1/m1'],
    ] as const) {
      const connection = edge.connect({ username, password: edge.token({ name }) });
      const address = `/devices/${name.replace('/', '/modules/')}/messages/events`;
      expect((await send(await openSender(connection, address), {})).outcome).toBe('accepted');
    }
  });
});

describe('a token of a policy', () => {
  beforeEach(() => {
    edge.test.identity.policies.push({
      name: 'device',
      rights: [identity.Right.DEVICE_CONNECT],
      primaryKey: OTHER_KEY,
      secondaryKey: '',
    } as never);
  });

  it('opens the links of all that it was signed for', async () => {
    const { connection, answer } = await shown({ name: '', key: OTHER_KEY, policy: 'device' });
    expect(answer[0]).toBe(200);
    for (const path of ['d1', 'd2', 'd1/modules/m1']) {
      const session = openSession(connection);
      await openSender(connection, `/devices/${path}/messages/events`, { session, name: 'the same' });
    }
    expect(await edge.test.metric('mooring_edge_connections')).toContain(' 3');
  });

  it.each([HOST, `amqps://${HOST}`, `${HOST}/devices/d2`])(
    'for the whole hub opens the links of all devices, put for %s',
    async (audience) => {
      const connection = edge.connect();
      expect((await putToken(connection, audience, edge.hubToken('device', OTHER_KEY)))[0]).toBe(200);
      for (const path of [`amqps://${HOST}/devices/d1/messages/events`, '/devices/d2/messages/events']) {
        const session = openSession(connection);
        const link = await openSender(connection, path, { session, name: 'TelemetrySenderLink' });
        expect((await send(link, {})).outcome).toBe('accepted');
      }
      expect(edge.test.ingress.records[0]?.headers['iothub-connection-auth-method']).toContain('"scope":"hub"');
    },
  );

  it('without DeviceConnect opens none, and the attempt is counted', async () => {
    edge.test.identity.policies.push({
      name: 'service',
      rights: [identity.Right.SERVICE_CONNECT],
      primaryKey: OTHER_KEY,
      secondaryKey: '',
    } as never);
    const connection = edge.connect();
    const [status, description] = await putToken(connection, HOST, edge.hubToken('service', OTHER_KEY));
    expect([status, description]).toEqual([401, expect.stringContaining('DeviceConnect')]);
    await expect(openSender(connection, EVENTS)).rejects.toMatchObject(UNAUTHORIZED);
    expect(await edge.test.metric('mooring_edge_connects_total')).toContain('no-credentials');
  });
});

describe('a certificate', () => {
  it('of the connection proves a device, without any token', async () => {
    const der = await certificate();
    edge.test.identity.put('d1', {
      authentication: {
        type: identity.AuthenticationType.SELF_SIGNED,
        primaryThumbprint: certificateThumbprints(der).sha256,
      },
    });
    edge.certificates = [der];
    const connection = edge.connect();
    expect((await send(await openSender(connection, EVENTS), {})).outcome).toBe('accepted');
    await expect(openSender(connection, '/devices/d2/messages/events')).rejects.toMatchObject(UNAUTHORIZED);
  });
});

describe('an identity on a connection of several', () => {
  async function two() {
    const connection = edge.connect();
    await putToken(connection, 'd1', edge.token());
    await putToken(connection, 'd2', edge.token({ name: 'd2' }));
    const first = await openSender(connection, EVENTS, { session: openSession(connection), name: 'link' });
    const second = await openSender(connection, '/devices/d2/messages/events', {
      session: openSession(connection),
      name: 'link',
    });
    return { first, second };
  }

  it('that is disabled leaves the others alone', async () => {
    const { first, second } = await two();
    const end = ended(first);
    edge.test.eventLog.control({
      $case: 'credentialsChanged',
      value: {
        deviceId: 'd1',
        moduleId: '',
        generationId: '638000000000000000',
        version: 2,
        reason: control.CredentialsChanged_Reason.DISABLED,
      },
    });
    expect(await end).toMatchObject(UNAUTHORIZED);
    expect((await send(second, {})).outcome).toBe('accepted');
  });

  it('is taken over by its connection over MQTT, and takes itself over from there', async () => {
    const { first, second } = await two();
    const end = ended(first);
    const mqtt = await edge.test.connected();
    expect(await end).toMatchObject({ condition: 'amqp:link:stolen', info: { 'com.microsoft:error-code': 400027 } });
    expect((await send(second, {})).outcome).toBe('accepted');
    const { connection } = await shown({});
    const link = await openSender(connection, EVENTS);
    await mqtt.closing();
    expect((await send(link, {})).outcome).toBe('accepted');
  });

  it('is gone with its last link', async () => {
    const { first } = await two();
    first.close();
    await until(async () => (await edge.test.metric('mooring_edge_connections')).endsWith(' 1'));
    expect(await edge.test.metric('mooring_edge_closes_total')).toContain('protocol="amqp",reason="client-closed"} 1');
  });
});

async function certificate(): Promise<Buffer> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const now = edge.test.clock.now();
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=d1',
    notBefore: new Date(now - 86_400_000),
    notAfter: new Date(now + 86_400_000),
    signingAlgorithm: algorithm,
    keys,
  });
  return Buffer.from(made.rawData);
}
