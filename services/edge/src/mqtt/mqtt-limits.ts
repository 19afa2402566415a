import type { Settings } from '@mooring/config';

/** What the settings allow a device; each is named after its setting. */
export interface MqttLimits {
  readonly maxConnections: number;
  readonly connectTimeoutSeconds: number;
  readonly maxConnectPacketBytes: number;
  readonly maxPacketBytes: number;
  readonly maxMessageBytes: number;
  readonly maxInFlight: number;
  readonly maxTopicLevels: number;
  readonly maxPropertyBagBytes: number;
  readonly maxSubscriptions: number;
  readonly maxKeepAliveSeconds: number;
  readonly writeTimeoutSeconds: number;
}

export type MqttSettings = Pick<
  Settings,
  | 'maxConnections'
  | 'maxMessageBytes'
  | 'mqttConnectTimeoutSeconds'
  | 'mqttMaxConnectPacketBytes'
  | 'mqttMaxPacketBytes'
  | 'mqttMaxInFlight'
  | 'mqttMaxTopicLevels'
  | 'mqttMaxPropertyBagBytes'
  | 'mqttMaxSubscriptions'
  | 'mqttMaxKeepAliveSeconds'
  | 'mqttWriteTimeoutSeconds'
>;

export function mqttLimits(settings: MqttSettings): MqttLimits {
  return {
    maxConnections: settings.maxConnections,
    connectTimeoutSeconds: settings.mqttConnectTimeoutSeconds,
    maxConnectPacketBytes: settings.mqttMaxConnectPacketBytes,
    maxPacketBytes: settings.mqttMaxPacketBytes,
    maxMessageBytes: settings.maxMessageBytes,
    maxInFlight: settings.mqttMaxInFlight,
    maxTopicLevels: settings.mqttMaxTopicLevels,
    maxPropertyBagBytes: settings.mqttMaxPropertyBagBytes,
    maxSubscriptions: settings.mqttMaxSubscriptions,
    maxKeepAliveSeconds: settings.mqttMaxKeepAliveSeconds,
    writeTimeoutSeconds: settings.mqttWriteTimeoutSeconds,
  };
}
