import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Connection, Receiver, Sender } from 'rhea';
import { type AskedFault, faultProperties } from '../../fault-injection/faults.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { ended, once, openReceiver, openSender, openSession, putToken, send } from '../spec-support/amqp-client.js';
import { AmqpEdge } from '../spec-support/amqp-edge.js';

const DEVICE = '/devices/d1';
const OTHER = '/devices/d2';
const asking = (fault: AskedFault) => ({ application_properties: faultProperties({ reason: 'boom', ...fault }) });

describe('faults over AMQP', () => {
  let edge: AmqpEdge;
  beforeEach(async () => {
    edge = await AmqpEdge.start({ settings: { faultInjection: true } });
  });
  afterEach(() => edge.stop());

  /** Two devices on one connection, a session each. */
  async function connected() {
    const connection = edge.connect();
    await putToken(connection, 'h/devices/d1', edge.token());
    await putToken(connection, 'h/devices/d2', edge.token({ name: 'd2' }));
    const session = openSession(connection);
    const neighbour = await openSender(connection, `${OTHER}/messages/events`, { session: openSession(connection) });
    const telemetry = await openSender(connection, `${DEVICE}/messages/events`, { session });
    return { connection, session, telemetry, neighbour };
  }

  async function strike(telemetry: Sender, fault: AskedFault): Promise<void> {
    expect(await send(telemetry, asking(fault))).toMatchObject({ outcome: 'accepted' });
    edge.test.clock.advance((fault.delay ?? 0) * 1_000);
  }

  const LINKS: [AskedFault['type'], string, 'sender' | 'receiver'][] = [
    ['KillAmqpC2DLink', `${DEVICE}/messages/devicebound`, 'receiver'],
    ['KillAmqpTwinLinkReq', `${DEVICE}/twin`, 'sender'],
    ['KillAmqpTwinLinkResp', `${DEVICE}/twin`, 'receiver'],
    ['KillAmqpMethodReqLink', `${DEVICE}/methods/devicebound`, 'receiver'],
    ['KillAmqpMethodRespLink', `${DEVICE}/methods/devicebound`, 'sender'],
    ['KillAmqpCBSLinkReq', '$cbs', 'sender'],
    ['KillAmqpCBSLinkResp', '$cbs', 'receiver'],
  ];

  it.each(LINKS)('%s detaches the link to %s and no other', async (type, address, role) => {
    const { connection, session, telemetry, neighbour } = await connected();
    const links: (Sender | Receiver)[] = [telemetry, neighbour];
    for (const path of ['twin', 'methods/devicebound', 'messages/devicebound']) {
      links.push(await openReceiver(connection, `${DEVICE}/${path}`, { session }));
    }
    for (const path of ['twin', 'methods/devicebound']) {
      links.push(await openSender(connection, `${DEVICE}/${path}`, { session }));
    }
    links.push(await openSender(connection, '$cbs'), await openReceiver(connection, '$cbs'));
    const meant = links.find(
      (link) => (link.is_sender() ? 'sender' : 'receiver') === role && addressOf(link) === address,
    );
    const detached = ended(meant as Sender);
    await strike(telemetry, { type, delay: 2 });
    expect(await detached).toMatchObject({ condition: 'amqp:link:detach-forced', description: 'boom' });
    expect((await send(neighbour, {})).outcome).toBe('accepted');
    expect(links.filter((link) => link.is_remote_open())).toHaveLength(links.length - 1);
  });

  it('KillAmqpD2CLink detaches the link that it came over', async () => {
    const { telemetry, neighbour } = await connected();
    const detached = ended(telemetry);
    await strike(telemetry, { type: 'KillAmqpD2CLink' });
    expect(await detached).toMatchObject({ condition: 'amqp:link:detach-forced', description: 'boom' });
    expect((await send(neighbour, {})).outcome).toBe('accepted');
  });

  it('KillAmqpSession ends the session of its sender, who may attach again', async () => {
    const { connection, session, telemetry, neighbour } = await connected();
    const gone = once(connection, 'session_error');
    await strike(telemetry, { type: 'KillAmqpSession', delay: 1 });
    await gone;
    expect(session.error).toMatchObject({ condition: 'amqp:link:detach-forced', description: 'boom' });
    expect((await send(neighbour, {})).outcome).toBe('accepted');
    const again = await openSender(connection, `${DEVICE}/messages/events`, { session: openSession(connection) });
    expect((await send(again, {})).outcome).toBe('accepted');
  });

  it('KillAmqpConnection closes the connection with an error, ShutDownAmqp without, KillTcp says nothing', async () => {
    const seen: unknown[] = [];
    for (const type of ['KillAmqpConnection', 'ShutDownAmqp', 'KillTcp'] as const) {
      const { connection, telemetry } = await connected();
      const heard = closing(connection);
      await strike(telemetry, { type, delay: 1 });
      seen.push(await heard);
    }
    expect(seen).toEqual([{ condition: 'amqp:connection:forced', description: 'boom' }, 'closed', 'disconnected']);
    await until(() => edge.test.edge.amqp.size === 0);
  });

  it.each([
    ['InvokeThrottling', 'com.microsoft:device-container-throttled', 429001],
    ['InvokeMaxMessageQuota', 'amqp:resource-limit-exceeded', 403002],
    ['InvokeAuthError', 'amqp:unauthorized-access', 401003],
  ] as const)('%s rejects what its sender sends while it lasts, and leaves the link', async (type, condition, code) => {
    const { telemetry, neighbour } = await connected();
    await strike(telemetry, { type, duration: 5 });
    const { outcome, error } = await send(telemetry, {});
    expect([outcome, error?.condition, error?.description]).toEqual(['rejected', condition, 'boom']);
    expect(error?.info).toMatchObject({ 'com.microsoft:error-code': code });
    expect((await send(neighbour, {})).outcome).toBe('accepted');
    edge.test.clock.advance(5_000);
    expect((await send(telemetry, {})).outcome).toBe('accepted');
  });

  it('finds nothing of MQTT to break, nor what its device has not attached', async () => {
    const { telemetry } = await connected();
    for (const type of ['ShutDownMqtt', 'KillAmqpC2DLink', 'KillAmqpCBSLinkReq'] as const) {
      await strike(telemetry, { type });
    }
    expect((await send(telemetry, {})).outcome).toBe('accepted');
  });

  it('is forgotten with the link that it came over', async () => {
    const { connection, session, telemetry, neighbour } = await connected();
    await send(telemetry, asking({ type: 'KillTcp', delay: 1 }));
    const closed = once(telemetry, 'sender_close');
    telemetry.close();
    await closed;
    edge.test.clock.advance(1_000);
    expect((await send(neighbour, {})).outcome).toBe('accepted');
    expect((await send(await openSender(connection, `${DEVICE}/messages/events`, { session }), {})).outcome).toBe(
      'accepted',
    );
  });
});

it('are ordinary properties where they are off', async () => {
  const edge = await AmqpEdge.start();
  const connection = edge.connect();
  await putToken(connection, 'h/devices/d1', edge.token());
  const telemetry = await openSender(connection, `${DEVICE}/messages/events`);
  await send(telemetry, asking({ type: 'KillTcp' }));
  await send(telemetry, asking({ type: 'InvokeAuthError', duration: 9 }));
  edge.test.clock.advance(1_000);
  expect((await send(telemetry, {})).outcome).toBe('accepted');
  expect(edge.test.ingress.records[0]?.headers).toMatchObject({ AzIoTHub_FaultOperationType: 'KillTcp' });
  await edge.stop();
});

function addressOf(link: Sender | Receiver): unknown {
  return link.is_sender() ? link.target.address : link.source.address;
}

/** What a client sees of the end of its connection. */
function closing(connection: Connection): Promise<unknown> {
  return new Promise((resolve) => {
    connection.once('connection_error', () => {
      const { condition, description } = connection.error as { condition: string; description: string };
      resolve({ condition, description });
    });
    connection.once('connection_close', () => resolve('closed'));
    connection.once('disconnected', () => resolve('disconnected'));
  });
}
