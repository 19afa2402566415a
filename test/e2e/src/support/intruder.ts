import type { HubPart } from '@mooring/test-parts';
import type { DeviceCertificate } from '@mooring/test-wire';
import { PORT, RawConnection } from '@mooring/test-wire';
import { connackCode, connectPacket, type WireConnect } from '@mooring/test-wire/mqtt';

export interface Intrusion extends WireConnect {
  readonly certificate?: Pick<DeviceCertificate, 'cert' | 'key'>;
}

/** Sends one CONNECT. @returns the code of its CONNACK, or `closed` if the connection was closed without one */
export async function knock(hub: HubPart, { certificate, ...connect }: Intrusion): Promise<number | 'closed'> {
  const connection = await RawConnection.secure(hub, PORT.mqtts, certificate ?? {});
  connection.send(connectPacket(connect));
  const { socket } = connection;
  await new Promise<void>((resolve) => {
    socket.once('data', () => resolve());
    socket.once('close', () => resolve());
  });
  const code = connackCode(connection.received);
  if (code === 0) {
    connection.close();
    return code;
  }
  // [MQTT-3.2.2-5]: a code other than 0 is followed by the end of the connection.
  await connection.untilClosed();
  return code ?? 'closed';
}
