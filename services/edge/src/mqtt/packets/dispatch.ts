import type { Frame } from '../codec/frame-reader.js';
import { PACKET } from '../codec/packet-type.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { ProtocolError } from '../protocol-error.js';
import { handleConnect } from './connect.js';
import { handleDisconnect } from './disconnect.js';
import { handlePingreq } from './pingreq.js';
import { handlePuback } from './puback.js';
import { handlePublish } from './publish.js';
import { handleSubscribe } from './subscribe.js';
import { handleUnsubscribe } from './unsubscribe.js';

type PacketHandler = (connection: MqttConnection, frame: Frame) => void;

/** What a client may send. QoS 2 and its packets are not served; the other types are the server's, or reserved. */
const HANDLERS: readonly (PacketHandler | undefined)[] = handlersByType([
  [PACKET.connect, handleConnect],
  [PACKET.publish, handlePublish],
  [PACKET.puback, handlePuback],
  [PACKET.subscribe, handleSubscribe],
  [PACKET.unsubscribe, handleUnsubscribe],
  [PACKET.pingreq, handlePingreq],
  [PACKET.disconnect, handleDisconnect],
]);

/** @throws ProtocolError */
export function dispatch(connection: MqttConnection, frame: Frame): void {
  const handler = HANDLERS[frame.type];
  if (handler === undefined) {
    throw new ProtocolError(`a packet of type ${frame.type}`);
  }
  // [MQTT-3.1.0-1]: the first packet is CONNECT; [MQTT-3.1.0-2]: and no other is.
  if ((connection.phase === 'new') !== (frame.type === PACKET.connect)) {
    throw new ProtocolError(`a packet of type ${frame.type} while ${connection.phase}`);
  }
  handler(connection, frame);
}

function handlersByType(entries: readonly [number, PacketHandler][]): readonly (PacketHandler | undefined)[] {
  const handlers = new Array<PacketHandler | undefined>(16).fill(undefined);
  for (const [type, handler] of entries) {
    handlers[type] = handler;
  }
  return handlers;
}
