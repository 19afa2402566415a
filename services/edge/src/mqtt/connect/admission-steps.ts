import { unavailable } from '../../device-session/admission-refused.js';
import { connack } from '../codec/encode.js';
import { CONNECT_RETURN } from '../codec/packet-type.js';
import { HOLD } from '../connection/read-hold.js';
import { allowedFilter } from '../subscriptions/allowed-filters.js';
import type { ConnectAttempt } from './connect-attempt.js';

/** The identity proves itself, and takes the place of its older connection [MQTT-3.1.4-2], [MQTT-3.1.4-3]. */
export async function admit(attempt: ConnectAttempt): Promise<void> {
  const { connection, packet, identity, modelId } = attempt;
  const token = packet.password?.toString('utf8');
  const presented = {
    token: token === '' ? undefined : token,
    certificates: () => connection.info.clientCertificates,
  };
  const request = { identity, presented, id: connection.id, needsSession: true };
  attempt.opened = await connection.context.sessions.open(request, (admission) => {
    if (connection.phase === 'closed') {
      return undefined;
    }
    connection.admit(admission, modelId);
    return connection;
  });
}

/** [MQTT-3.1.2-4], [MQTT-3.1.2-6]: goes on with the session that was kept, or ends it. */
export async function restoreSession(attempt: ConnectAttempt): Promise<void> {
  const { connection, packet, opened, identity } = attempt;
  if (opened === undefined) {
    return;
  }
  connection.cleanSession = packet.cleanSession;
  const { admission, session } = opened;
  if (session === undefined) {
    return;
  }
  if (packet.cleanSession) {
    if (!(await connection.context.sessionWriter.discard(admission))) {
      throw unavailable('taken-over-meanwhile');
    }
    return;
  }
  const kept = new Map<string, number>();
  for (const [filter, qos] of Object.entries(session.subscriptions)) {
    const allowed = allowedFilter(filter, identity);
    if (allowed !== undefined) {
      kept.set(allowed, qos);
    }
  }
  connection.subscribed(kept);
  attempt.sessionPresent = true;
}

/** [MQTT-3.1.4-4], [MQTT-3.2.2-1] to [MQTT-3.2.2-3]. What the client has sent meanwhile is read from now on. */
export function acknowledge(attempt: ConnectAttempt): void {
  const { connection, keepAlive, sessionPresent, identity, modelId, opened, startedAt } = attempt;
  const { metrics, log, operations, clock } = connection.context;
  metrics.countConnect('mqtt', 'accepted');
  if (opened !== undefined) {
    operations?.connected(opened.admission, { protocol: 'mqtt', info: connection.info }, clock.monotonic() - startedAt);
  }
  log.debug({ deviceId: identity.deviceId, moduleId: identity.moduleId }, 'a device connected');
  connection.opened(keepAlive);
  connection.write(connack(CONNECT_RETURN.accepted, sessionPresent));
  connection.resume(HOLD.connecting);
  connection.deliverMessages();
  if (opened !== undefined && modelId !== undefined) {
    connection.context.twins.tellModel(opened.admission, modelId);
  }
}
