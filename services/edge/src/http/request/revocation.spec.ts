import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateThumbprints } from '@mooring/credentials';
import { control, identity } from '@mooring/proto';
import { issue, registered } from '../../device-session/authentication/certificates.spec-support.js';
import { OTHER_KEY } from '../../fake-identity.spec-support.js';
import { HOST, token } from '../../mqtt-client.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { errorOf, HttpEdge, parseAnswer } from '../http-edge.spec-support.js';

const EVENTS = '/devices/d1/messages/events';
const GENERATION = '638000000000000000';
const { DELETED, DISABLED, REKEYED } = control.CredentialsChanged_Reason;
const { SELF_SIGNED, CERTIFICATE_AUTHORITY } = identity.AuthenticationType;

let edge: HttpEdge;
beforeEach(async () => {
  edge = await HttpEdge.start();
});
afterEach(() => edge.stop());

function change(reason: control.CredentialsChanged_Reason): void {
  const value = { deviceId: 'd1', moduleId: '', generationId: GENERATION, version: 2, reason };
  edge.test.eventLog.control({ $case: 'credentialsChanged', value });
}

const CHANGES: readonly [string, () => void][] = [
  [
    'disabled',
    () => {
      edge.test.identity.put('d1', { enabled: false, version: 2 });
      change(DISABLED);
    },
  ],
  [
    'deleted',
    () => {
      edge.test.identity.credentials.delete('d1');
      change(DELETED);
    },
  ],
  [
    'given other keys',
    () => {
      const keys = { primaryKey: Buffer.alloc(32, 1).toString('base64'), secondaryKey: '' };
      edge.test.identity.put('d1', { version: 2, authentication: keys });
      change(REKEYED);
    },
  ],
];

const UNAUTHORIZED = [401, 'IotHubUnauthorized'];

describe('a device that was', () => {
  it.each(CHANGES)('%s is refused from its next request on, without identity being asked before', async (_, act) => {
    expect((await edge.send(EVENTS)).status).toBe(204);
    const { resolved } = edge.test.identity;
    const before = resolved.length;
    expect((await edge.send(EVENTS)).status).toBe(204);
    expect(resolved).toHaveLength(before);
    act();
    expect(errorOf(await edge.send(EVENTS))).toEqual(UNAUTHORIZED);
  });

  it.each(CHANGES)('%s while the body of its request comes is refused', async (_, act) => {
    const { socket, answer } = await begin(token('d1'));
    act();
    socket.write('x');
    expect(errorOf(await answer())).toEqual(UNAUTHORIZED);
    expect(edge.test.ingress.records).toEqual([]);
  });
});

describe('a token', () => {
  it('admits until it expires, as does one whose request has begun', async () => {
    const se = Math.floor(edge.test.clock.now() / 1_000) + 60;
    const authorization = token('d1', { se });
    expect((await edge.send(EVENTS, { authorization })).status).toBe(204);
    const { socket, answer } = await begin(authorization);
    await edge.test.pass(61);
    expect(errorOf(await edge.send(EVENTS, { authorization }))).toEqual(UNAUTHORIZED);
    socket.write('x');
    expect(errorOf(await answer())).toEqual(UNAUTHORIZED);
  });

  it('of a policy admits until the policy is changed', async () => {
    const { policies } = edge.test.identity;
    policies.push({
      name: 'device',
      primaryKey: OTHER_KEY,
      secondaryKey: '',
      etag: '',
      rights: [identity.Right.DEVICE_CONNECT],
    });
    const authorization = token('d1', { key: OTHER_KEY, policy: 'device', resource: HOST });
    expect((await edge.send(EVENTS, { authorization })).status).toBe(204);
    policies.pop();
    edge.test.eventLog.control({ $case: 'policiesChanged', value: {} });
    expect(errorOf(await edge.send(EVENTS, { authorization }))).toEqual(UNAUTHORIZED);
  });
});

describe('a certificate', () => {
  const signed = { authorization: undefined };

  it('that is self-signed admits by its thumbprint, until the device has another', async () => {
    const device = await issue('anything');
    const put = (primaryThumbprint: string, version: number) =>
      edge.test.identity.put('d1', { version, authentication: { type: SELF_SIGNED, primaryThumbprint } });
    put(certificateThumbprints(device.der).sha256, 1);
    edge.certificates = [device.der];
    expect((await edge.send(EVENTS, signed)).status).toBe(204);
    expect(edge.test.ingress.records[0]?.headers['iothub-connection-auth-method']).toContain('"type":"x509"');
    put(certificateThumbprints((await issue('anything')).der).sha256, 2);
    change(REKEYED);
    expect(errorOf(await edge.send(EVENTS, signed))).toEqual(UNAUTHORIZED);
  });

  it('of an authority admits whom it names, until the authority is removed', async () => {
    const ca = await issue('root', { ca: true });
    edge.test.identity.certificates.push(registered(ca));
    edge.test.identity.put('d1', { authentication: { type: CERTIFICATE_AUTHORITY } });
    edge.certificates = [(await issue('d2', { by: ca })).der];
    expect(errorOf(await edge.send(EVENTS, signed))).toEqual(UNAUTHORIZED);
    edge.certificates = [(await issue('d1', { by: ca })).der];
    expect((await edge.send(EVENTS, signed)).status).toBe(204);
    edge.test.identity.certificates.pop();
    edge.test.eventLog.control({ $case: 'certificatesChanged', value: {} });
    expect(errorOf(await edge.send(EVENTS, signed))).toEqual(UNAUTHORIZED);
  });
});

interface Begun {
  readonly socket: Socket;
  readonly answer: () => Promise<ReturnType<typeof parseAnswer>>;
}

/** A request that was admitted, and whose body of one byte has yet to come. */
async function begin(authorization: string): Promise<Begun> {
  const socket = connect(edge.port, '127.0.0.1');
  const headers = `Host: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\nContent-Length: 1`;
  socket.write(`POST ${EVENTS} HTTP/1.1\r\n${headers}\r\n\r\n`);
  await until(() => edge.test.identity.resolved.length > 0);
  await until(async () => (await edge.test.metric('mooring_edge_http_requests_in_progress')).endsWith(' 1'));
  return {
    socket,
    answer: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of socket) {
        chunks.push(chunk);
      }
      return parseAnswer(Buffer.concat(chunks).toString());
    },
  };
}
