import { AmqpTelemetry } from './amqp-telemetry.js';
import { HttpTelemetry } from './http-telemetry.js';
import { MqttTelemetry } from './mqtt-telemetry.js';
import type { Protocol } from './protocol.js';
import type { TelemetryConnection, TelemetryConnectionOptions } from './telemetry-connection.js';

export function openTelemetry(protocol: Protocol, options: TelemetryConnectionOptions): TelemetryConnection {
  switch (protocol) {
    case 'mqtt':
    case 'mqtt-ws':
      return new MqttTelemetry(options, protocol === 'mqtt-ws');
    case 'amqp':
      return new AmqpTelemetry(options);
    case 'https':
      return new HttpTelemetry(options);
  }
}
