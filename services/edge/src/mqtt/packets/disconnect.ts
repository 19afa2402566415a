import type { Frame } from '../codec/frame-reader.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { expectEmpty } from './expect-empty.js';

/** DISCONNECT (section 3.14). [MQTT-3.14.4-3]: the will is discarded. */
export function handleDisconnect(connection: MqttConnection, frame: Frame): void {
  expectEmpty(frame);
  connection.close('client-disconnected');
}
