import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateThumbprints } from '@mooring/credentials';
import type { Operation } from '@mooring/operations';
import { control, identity } from '@mooring/proto';
import type { Connection, Sender } from 'rhea';
import { issue, registered } from '../../device-session/authentication/certificates.spec-support.js';
import { OTHER_KEY } from '../../fake-identity.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { ended, once, openReceiver, openSender, openSession, putToken, send } from '../spec-support/amqp-client.js';
import { AmqpEdge } from '../spec-support/amqp-edge.js';

const GENERATION = '638000000000000000';
const { DELETED, DISABLED, REKEYED } = control.CredentialsChanged_Reason;
const { SELF_SIGNED, CERTIFICATE_AUTHORITY } = identity.AuthenticationType;
const UNAUTHORIZED = ['amqp:unauthorized-access', 401003] as const;

let edge: AmqpEdge;
let records: Operation[];
beforeEach(async () => {
  records = [];
  edge = await AmqpEdge.start({ more: { operations: { record: (each) => void records.push(each) } } });
});
afterEach(() => edge.stop());

const address = (deviceId: string) => `/devices/${deviceId}/messages/events`;

/** Reasons that disconnections were recorded with, of one device. */
function recorded(deviceId = 'd1'): readonly (string | undefined)[] {
  return records
    .filter((each) => each.operationName === 'deviceDisconnect' && each.deviceId === deviceId)
    .map(({ resultDescription }) => resultDescription);
}

/** Two devices on one connection, each with two links in a session of its own. */
async function pair(connection: Connection = edge.connect()) {
  for (const name of ['d1', 'd2']) {
    await putToken(connection, name, edge.token({ name }));
  }
  const open = async (name: string) => {
    const session = openSession(connection);
    const telemetry = await openSender(connection, address(name), { session, name: 'telemetry' });
    const messages = await openReceiver(connection, `/devices/${name}/messages/devicebound`, { session, name: 'c2d' });
    return { telemetry, messages };
  };
  return { connection, first: await open('d1'), second: await open('d2') };
}

async function goesOn(link: Sender): Promise<void> {
  expect((await send(link, {})).outcome).toBe('accepted');
}

function changed(reason: control.CredentialsChanged_Reason): void {
  const value = { deviceId: 'd1', moduleId: '', generationId: GENERATION, version: 2, reason };
  edge.test.eventLog.control({ $case: 'credentialsChanged', value });
}

describe('a device that shares its connection', () => {
  it.each([
    ['deleted', DELETED, ['amqp:not-found', 404001], 'identity-deleted'],
    ['disabled', DISABLED, UNAUTHORIZED, 'identity-disabled'],
    ['given other keys', REKEYED, UNAUTHORIZED, 'credentials-changed'],
  ] as const)('loses all of its links, and no other does, when it is %s', async (_, reason, error, closed) => {
    const { first, second } = await pair();
    const ends = Promise.all([ended(first.telemetry), ended(first.messages)]);
    changed(reason);
    const [condition, code] = error;
    const expected = { condition, info: { 'com.microsoft:error-code': code } };
    expect(await ends).toMatchObject([expected, expected]);
    await goesOn(second.telemetry);
    expect(recorded()).toEqual([closed]);
    expect(recorded('d2')).toEqual([]);
  });

  it('does so when it connects over MQTT, and takes itself over from there', async () => {
    const { first, second, connection } = await pair();
    const ends = Promise.all([ended(first.telemetry), ended(first.messages)]);
    const mqtt = await edge.test.connected();
    expect(await ends).toMatchObject([{ condition: 'amqp:link:stolen' }, { condition: 'amqp:link:stolen' }]);
    expect(recorded()).toEqual(['taken-over']);
    await goesOn(second.telemetry);
    const again = await openSender(connection, address('d1'), { session: openSession(connection) });
    await mqtt.closing();
    await goesOn(again);
    expect(recorded()).toEqual(['taken-over', 'taken-over']);
  });

  it('does so when its token expires, and the others when theirs do', async () => {
    const { first, second, connection } = await pair();
    await putToken(connection, 'd1', edge.token({ seconds: 60 }));
    const ends = Promise.all([ended(first.telemetry), ended(first.messages)]);
    await edge.test.pass(61);
    const expected = { condition: 'amqp:unauthorized-access', info: { 'com.microsoft:error-code': 401003 } };
    expect(await ends).toMatchObject([expected, expected]);
    await goesOn(second.telemetry);
    expect(recorded()).toEqual(['token-expired']);
  });

  it('is gone when it ends its session, as it says', async () => {
    const { first, second } = await pair();
    first.telemetry.session.close();
    await until(() => recorded().length > 0);
    expect(recorded()).toEqual(['client-closed']);
    await goesOn(second.telemetry);
  });
});

describe('links that rely on more than the credentials of their device', () => {
  it('end when the key of their policy changes', async () => {
    const policy = { name: 'device', rights: [identity.Right.DEVICE_CONNECT], primaryKey: OTHER_KEY, secondaryKey: '' };
    edge.test.identity.policies.push(policy as never);
    const { second, connection } = await pair();
    const pooled = edge.connect();
    await putToken(pooled, 'all', edge.hubToken('device', OTHER_KEY));
    edge.test.identity.put('d3');
    const link = await openSender(pooled, address('d3'));
    const end = ended(link);
    edge.test.identity.policies.length = 0;
    edge.test.eventLog.control({ $case: 'policiesChanged', value: {} });
    expect(await end).toMatchObject({ condition: 'amqp:unauthorized-access' });
    await goesOn(second.telemetry);
    expect(connection.is_open()).toBe(true);
    expect(recorded('d3')).toEqual(['credentials-changed']);
    await expect(openSender(pooled, address('d3'))).rejects.toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('end when their certificate authority is removed', async () => {
    const ca = await issue('root', { ca: true });
    const device = await issue('d1', { by: ca });
    edge.test.identity.certificates.push(registered(ca));
    edge.test.identity.put('d1', { authentication: { type: CERTIFICATE_AUTHORITY } });
    edge.certificates = [device.der];
    const connection = edge.connect();
    const link = await openSender(connection, address('d1'));
    await goesOn(link);
    const end = ended(link);
    edge.test.identity.certificates.length = 0;
    edge.test.eventLog.control({ $case: 'certificatesChanged', value: {} });
    expect(await end).toMatchObject({ condition: 'amqp:unauthorized-access' });
    expect(recorded()).toEqual(['credentials-changed']);
  });

  it('are refused to a device with a certificate where it has shown a token, or another certificate', async () => {
    const [own, other] = [await issue('d1'), await issue('d1')];
    const primaryThumbprint = certificateThumbprints(own.der).sha256;
    edge.test.identity.put('d1', { authentication: { type: SELF_SIGNED, primaryThumbprint } });
    const byToken = edge.connect();
    expect((await putToken(byToken, 'd1', edge.token()))[0]).toBe(401);
    await expect(openSender(byToken, address('d1'))).rejects.toMatchObject({ condition: 'amqp:unauthorized-access' });
    edge.certificates = [other.der];
    const byOther = edge.connect();
    await expect(openSender(byOther, address('d1'))).rejects.toMatchObject({ condition: 'amqp:unauthorized-access' });
    edge.certificates = [own.der];
    const byOwn = edge.connect();
    await goesOn(await openSender(byOwn, address('d1')));
    // One certificate proves one device; others of its connection have tokens.
    await expect(openSender(byOwn, address('d2'))).rejects.toMatchObject({ condition: 'amqp:unauthorized-access' });
    await putToken(byOwn, 'd2', edge.token({ name: 'd2' }));
    await goesOn(await openSender(byOwn, address('d2')));
  });
});

describe('the end of a connection', () => {
  it('is that of all of its devices, as the client says', async () => {
    const { connection } = await pair();
    connection.close();
    await until(() => recorded('d2').length > 0);
    expect([recorded('d1'), recorded('d2')]).toEqual([['client-closed'], ['client-closed']]);
  });

  it('is recorded with why the hub has ended it', async () => {
    const { connection } = await pair();
    const lost = once(connection, 'disconnected');
    const drained = edge.amqp.drain(10_000);
    edge.test.clock.advance(1_000);
    edge.test.clock.advance(10_000);
    await drained;
    await lost;
    expect([recorded('d1'), recorded('d2')]).toEqual([['drained'], ['drained']]);
  });

  it('is a time-out where its client is silent', async () => {
    const { connection } = await pair();
    (connection as unknown as { socket: { pause(): void; write(): boolean } }).socket.write = () => true;
    const minutes = 60 * 5;
    await edge.test.pass(minutes);
    await until(() => recorded('d2').length > 0);
    expect([recorded('d1'), recorded('d2')]).toEqual([['keep-alive-timeout'], ['keep-alive-timeout']]);
  });
});

describe('inputs', () => {
  it('of a module may be attached, though nothing comes; a device has none', async () => {
    const connection = edge.connect();
    await putToken(connection, 'm1', edge.token({ name: 'd1/m1' }));
    await putToken(connection, 'd1', edge.token());
    await openReceiver(connection, '/devices/d1/modules/m1/messages/events');
    const refused = connection.open_receiver({ source: { address: address('d1') } });
    expect(await ended(refused)).toMatchObject({ condition: 'amqp:not-allowed' });
  });
});
