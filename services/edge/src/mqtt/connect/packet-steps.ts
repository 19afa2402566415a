import { newHeaders } from '@mooring/messages';
import { parseIdentity } from '../../device-session/device-identity.js';
import { PROTOCOL_LEVEL } from '../codec/connect-packet.js';
import { CONNECT_RETURN } from '../codec/packet-type.js';
import { ProtocolError } from '../protocol-error.js';
import { readTelemetryProperties, telemetryTopic } from '../telemetry-topic.js';
import { WILL_PROPERTY } from '../will.js';
import { type ConnectAttempt, ConnectRefused } from './connect-attempt.js';
import { parseUserName } from './user-name.js';

/** What can be said of a CONNECT by looking at it alone. */

/** [MQTT-3.1.2-1], [MQTT-3.1.2-2]: MQTT 3.1.1 is spoken here, no other version. */
export function checkProtocol({ packet }: ConnectAttempt): void {
  if (packet.protocolLevel !== PROTOCOL_LEVEL) {
    throw new ConnectRefused(CONNECT_RETURN.unacceptableProtocolVersion, 'protocol-version');
  }
  if (packet.protocolName !== 'MQTT') {
    throw new ProtocolError('a CONNECT of another protocol');
  }
}

/** The client id is the identity: `device` or `device/module` [MQTT-3.1.3-8], [MQTT-3.1.3-9]. */
export function readClientId(attempt: ConnectAttempt): void {
  const identity = parseIdentity(attempt.packet.clientId);
  if (identity === undefined) {
    throw new ConnectRefused(CONNECT_RETURN.identifierRejected, 'client-id');
  }
  attempt.identity = identity;
}

/** The user name repeats the identity, and names the hub. */
export function checkUserName(attempt: ConnectAttempt): void {
  const { packet, connection } = attempt;
  const userName = parseUserName(packet.userName ?? '', packet.clientId, connection.context.hostname);
  if (userName === undefined) {
    throw new ConnectRefused(CONNECT_RETURN.notAuthorized, 'user-name');
  }
  attempt.modelId = userName.modelId;
}

/** A will is telemetry of the identity's own. */
export function checkWill({ connection, packet, identity }: ConnectAttempt): void {
  const { will } = packet;
  if (will === undefined) {
    return;
  }
  const own = telemetryTopic(identity);
  if (!will.topic.startsWith(own) || will.qos > 1) {
    throw new ConnectRefused(CONNECT_RETURN.notAuthorized, 'will');
  }
  const properties = newHeaders();
  if (will.topic.length > own.length) {
    readTelemetryProperties(will.topic, own.length, { headers: properties, limits: connection.context.limits });
  }
  if (will.retain) {
    properties['mqtt-retain'] = 'true';
  }
  properties[WILL_PROPERTY.name] = WILL_PROPERTY.value;
  connection.will = { properties, payload: will.payload };
}

/** None, or one that is longer than the hub waits, counts as the longest. */
export function agreeOnKeepAlive(attempt: ConnectAttempt): void {
  const { maxKeepAliveSeconds } = attempt.connection.context.limits;
  const { keepAlive } = attempt.packet;
  attempt.keepAlive = keepAlive === 0 ? maxKeepAliveSeconds : Math.min(keepAlive, maxKeepAliveSeconds);
}
