import { PINGRESP } from '../codec/encode.js';
import type { Frame } from '../codec/frame-reader.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { expectEmpty } from './expect-empty.js';

/** PINGREQ (section 3.12). [MQTT-3.12.4-1]: it is answered. */
export function handlePingreq(connection: MqttConnection, frame: Frame): void {
  expectEmpty(frame);
  connection.write(PINGRESP);
}
