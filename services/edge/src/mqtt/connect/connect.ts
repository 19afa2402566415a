import { AdmissionRefused } from '../../device-session/admission-refused.js';
import { deviceIdentity } from '../../device-session/device-identity.js';
import type { ConnectPacket } from '../codec/connect-packet.js';
import { CONNECT_RETURN } from '../codec/packet-type.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { ProtocolError } from '../protocol-error.js';
import { acknowledge, admit, restoreSession } from './admission-steps.js';
import { type ConnectAttempt, ConnectRefused, type ConnectStep } from './connect-attempt.js';
import { agreeOnKeepAlive, checkProtocol, checkUserName, checkWill, readClientId } from './packet-steps.js';

/** What a CONNECT goes through, in this order. */
const STEPS: readonly ConnectStep[] = [
  checkProtocol,
  readClientId,
  checkUserName,
  checkWill,
  agreeOnKeepAlive,
  admit,
  restoreSession,
  acknowledge,
];

export async function connect(connection: MqttConnection, packet: ConnectPacket): Promise<void> {
  const attempt: ConnectAttempt = {
    connection,
    packet,
    identity: deviceIdentity(''),
    modelId: undefined,
    keepAlive: 0,
    opened: undefined,
    sessionPresent: false,
    startedAt: connection.context.clock.monotonic(),
  };
  try {
    for (const step of STEPS) {
      await step(attempt);
      if (connection.phase === 'closed') {
        connection.context.metrics.countConnect('mqtt', 'gone');
        return;
      }
    }
  } catch (error) {
    refuse(attempt, error);
  }
}

function refuse({ connection, identity }: ConnectAttempt, error: unknown): void {
  const { log, metrics, operations } = connection.context;
  const { code, reason } = answerTo(error);
  metrics.countConnect('mqtt', reason);
  operations?.refused(identity, reason, { protocol: 'mqtt', info: connection.info });
  // Only what can be an identity: a client id may be anything, a token in the wrong place too.
  const { deviceId, moduleId } = identity;
  const fields = { deviceId, moduleId, remoteAddress: connection.info.remoteAddress, reason };
  if (code === CONNECT_RETURN.serverUnavailable) {
    log.warn({ ...fields, err: error }, 'a device could not be admitted');
  } else {
    log.info(fields, 'a device was refused');
  }
  if (code === undefined) {
    connection.close('protocol-error');
  } else {
    connection.refuse(code);
  }
}

function answerTo(error: unknown) {
  if (error instanceof ConnectRefused) {
    return error;
  }
  if (error instanceof AdmissionRefused) {
    const isClients = error.kind === 'unauthorized';
    return {
      code: isClients ? CONNECT_RETURN.notAuthorized : CONNECT_RETURN.serverUnavailable,
      reason: error.reason,
    };
  }
  if (error instanceof ProtocolError) {
    return { code: undefined, reason: error.reason };
  }
  return { code: CONNECT_RETURN.serverUnavailable, reason: 'internal-error' };
}
