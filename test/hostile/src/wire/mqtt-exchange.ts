import { until } from '@mooring/test-parts';
import { PORT, RawConnection } from '@mooring/test-wire';
import { connackCode, connectPacket, packet, TYPE } from '@mooring/test-wire/mqtt';
import { deviceToken } from '../harness/cast.js';
import { type Attempt, accepted, type Outcome, refused } from '../trials/trial.js';

const PATIENCE_MS = 20_000;
const CONNACK_BYTES = 4;
const REFUSED_FILTER = 0x80;
export const PINGREQ = packet(TYPE.pingreq, 0);
export const PINGRESP = packet(TYPE.pingresp, 0);
const NAMES = new Map<number, string>(Object.entries(TYPE).map(([name, type]) => [type, name.toUpperCase()]));

/** Who connects, with a genuine password. */
export interface Identity {
  readonly clientId: string;
  readonly password: string;
}

/** The attacker's own CONNECT. */
export function ownConnect({ stage: { cast }, attacker }: Attempt): Buffer {
  return connectAs(cast.host, { clientId: attacker.deviceId, password: deviceToken(cast, attacker) });
}

function connectAs(host: string, { clientId, password }: Identity): Buffer {
  return connectPacket({ clientId, userName: `${host}/${clientId}/?api-version=2021-04-12`, password });
}

/** A connection on which the attacker was admitted; what it received begins with that CONNACK. */
export function admitted(attempt: Attempt): Promise<RawConnection> {
  return admittedWith(attempt, ownConnect(attempt));
}

async function admittedWith({ stage }: Attempt, connect: Buffer): Promise<RawConnection> {
  const connection = await RawConnection.secure(stage.target, PORT.mqtts);
  connection.send(connect);
  const code = connackCode(await connection.untilReceived(CONNACK_BYTES));
  if (code !== 0) {
    throw new Error(`a genuine CONNECT was answered with ${code}`);
  }
  return connection;
}

/** Sends bytes in place of CONNECT. */
export async function inPlaceOfConnect({ stage }: Attempt, bytes: Buffer): Promise<Outcome> {
  const connection = await RawConnection.secure(stage.target, PORT.mqtts);
  connection.send(bytes);
  return connectOutcome(connection);
}

/** What a connection on which a CONNECT was sent is answered with. */
export async function connectOutcome(connection: RawConnection): Promise<Outcome> {
  await until(() => connection.closed || connection.received.length > 0, waiting('CONNACK or the end'));
  const code = connackCode(connection.received);
  if (code === 0) {
    connection.close();
    return accepted('CONNACK 0');
  }
  // [MQTT-3.2.2-5]: a code other than 0 is followed by the end of the connection.
  const answer = await connection.untilClosed();
  if (answer.length > CONNACK_BYTES) {
    return accepted(`an answer of ${answer.length} bytes`);
  }
  return refused(code === undefined ? 'closed' : `CONNACK ${code}`);
}

/** Sends bytes on an admitted connection; a PINGREQ behind them shows whether they were read and lived with. */
export async function afterConnect(attempt: Attempt, bytes: Buffer): Promise<Outcome> {
  const connection = await admitted(attempt);
  connection.send(bytes, PINGREQ);
  return afterConnectOutcome(connection);
}

/** The same, as another than the attacker. */
export async function afterConnectAs(attempt: Attempt, identity: Identity, bytes: Buffer): Promise<Outcome> {
  const connection = await admittedWith(attempt, connectAs(attempt.stage.cast.host, identity));
  connection.send(bytes, PINGREQ);
  return afterConnectOutcome(connection);
}

/** What became of a connection on which a PINGREQ was sent behind what is judged. */
export async function afterConnectOutcome(connection: RawConnection): Promise<Outcome> {
  const answers = () => packetsOf(connection.received.subarray(CONNACK_BYTES));
  const answered = (): boolean => answers().some((answer) => answer.equals(PINGRESP));
  await until(() => connection.closed || answered(), waiting('PINGRESP or the end'));
  const names = answers().map((answer) => NAMES.get((answer[0] ?? 0) >> 4));
  if (connection.closed) {
    return names.length === 0 ? refused('closed') : accepted(`closed after ${names.join(', ')}`);
  }
  const suback = answers().find((answer) => (answer[0] ?? 0) >> 4 === TYPE.suback);
  connection.close();
  return suback?.subarray(4).every((code) => code === REFUSED_FILTER) === true
    ? refused('SUBACK 0x80')
    : accepted(names.join(', '));
}

/** The packets that bytes begin with. All that a hub answers with here are shorter than 128 bytes. */
export function packetsOf(bytes: Buffer): readonly Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + (bytes[at + 1] ?? 0);
    if (end > bytes.length) {
      break;
    }
    packets.push(bytes.subarray(at, end));
    at = end;
  }
  return packets;
}

function waiting(what: string): { what: string; timeoutMs: number; everyMs: number } {
  return { what, timeoutMs: PATIENCE_MS, everyMs: 5 };
}
