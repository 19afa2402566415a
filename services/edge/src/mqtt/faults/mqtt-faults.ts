import { isHubError } from '@mooring/errors';
import type { AppendOrigin } from '@mooring/event-log';
import type { MutableHeaders } from '@mooring/messages';
import type { Fault } from '../../fault-injection/fault.js';
import type { FaultInjection } from '../../fault-injection/fault-injection.js';
import { FaultOrigin } from '../../fault-injection/fault-origin.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { ProtocolError } from '../protocol-error.js';

/** Injects faults into MQTT connections; where there is none of it, there are no faults. */
export class MqttFaults {
  private readonly origins = new WeakMap<MqttConnection, FaultOrigin>();

  constructor(private readonly injection: FaultInjection) {}

  /**
   * The origin to append a message with, in the place of the connection's own.
   *
   * @throws ProtocolError while messages are refused: to close is the only way that MQTT 3.1.1 has
   */
  origin(connection: MqttConnection, headers: Readonly<MutableHeaders>): AppendOrigin {
    const origin = this.origins.get(connection) ?? this.add(connection);
    try {
      origin.admit([{ headers }]);
    } catch (error) {
      throw isHubError(error) ? new ProtocolError(error.message, 'fault-injected') : error;
    }
    return origin;
  }

  closed(connection: MqttConnection): void {
    this.origins.get(connection)?.closed();
  }

  private add(connection: MqttConnection): FaultOrigin {
    if (connection.admission === undefined) {
      throw new TypeError('a connection that publishes was admitted');
    }
    const origin = new FaultOrigin({
      injection: this.injection,
      identity: connection.admission.identity,
      target: { strike: (fault) => strike(connection, fault) },
      origin: connection.window,
    });
    this.origins.set(connection, origin);
    return origin;
  }
}

function strike(connection: MqttConnection, { type }: Fault): boolean {
  switch (type) {
    case 'KillTcp':
      connection.close('fault-injected');
      return true;
    case 'ShutDownMqtt':
      connection.drain();
      return true;
    default:
      return false;
  }
}
