import { readConnect } from '../codec/connect-packet.js';
import type { Frame } from '../codec/frame-reader.js';
import { connect } from '../connect/connect.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { HOLD } from '../connection/read-hold.js';

/** CONNECT (section 3.1). What the client sends before it is answered waits. */
export function handleConnect(connection: MqttConnection, frame: Frame): void {
  const packet = readConnect(frame);
  connection.phase = 'connecting';
  connection.pause(HOLD.connecting);
  void connect(connection, packet);
}
