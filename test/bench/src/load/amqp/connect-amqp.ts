import type { AcknowledgedListener, LoadSender } from '../load-sender.js';
import type { Address, AmqpShape } from '../messages.js';
import type { DeviceLogin } from '../packets.js';
import { AmqpConnection } from './amqp-connection.js';
import { AmqpDevice } from './amqp-device.js';
import { attach, begin, FRAME, flow, type Link, putToken } from './frames.js';

export interface ConnectAmqpOptions {
  readonly address: Address;
  readonly shape: AmqpShape;
  readonly payload: Buffer;
  readonly acknowledged: AcknowledgedListener;
}

const REQUESTS: Link = { channel: 0, handle: 0, role: 'sender', address: '$cbs' };
const REPLIES: Link = { channel: 0, handle: 1, role: 'receiver', address: '$cbs' };
/** Behind the two links of tokens. */
const FIRST_HANDLE = 2;

/** Connects devices that share a connection: their tokens are put first, then each attaches its links in a session. */
export async function connectAmqp(
  logins: readonly DeviceLogin[],
  { address, shape, payload, acknowledged }: ConnectAmqpOptions,
): Promise<readonly LoadSender[]> {
  const connection = await AmqpConnection.open(address, logins[0]?.clientId ?? '');
  await connection.ask(begin(0), FRAME.begin);
  await connection.ask(attach(REQUESTS), FRAME.flow);
  await connection.ask(attach(REPLIES), FRAME.attach);
  connection.write(flow(REPLIES, logins.length));
  const devices: LoadSender[] = [];
  for (const [channel, login] of logins.entries()) {
    const { clientId, password } = login;
    const audience = `${address.name ?? address.host}/devices/${clientId}`;
    const reply = await connection.ask(
      putToken({ channel: 0, handle: REQUESTS.handle, id: channel }, audience, password),
      FRAME.transfer,
    );
    if (!reply.includes('OK')) {
      throw new Error(`the token of ${clientId} was refused`);
    }
  }
  for (const [channel, login] of logins.entries()) {
    if (channel > 0) {
      await connection.ask(begin(channel), FRAME.begin, channel);
    }
    const { receiving } = shape;
    const firstDeliveryId = channel === 0 ? logins.length : 0;
    const options = { channel, handle: FIRST_HANDLE, firstDeliveryId, payload, receiving, acknowledged };
    devices.push(await AmqpDevice.attach(connection, login, options));
  }
  return devices;
}
