import type { Client } from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';

export type TransportName = 'Mqtt' | 'MqttWs' | 'Amqp' | 'AmqpWs' | 'Http';

export interface Transport {
  readonly name: TransportName;
  readonly protocol: Parameters<typeof Client.fromConnectionString>[1];
  /** Options that the SDK must be given with any others: over HTTPS it else never says that it has taken them. */
  readonly options: object;
}

export const TRANSPORTS: readonly Transport[] = [
  { name: 'Mqtt', protocol: Mqtt, options: {} },
  { name: 'MqttWs', protocol: MqttWs, options: {} },
  { name: 'Amqp', protocol: Amqp, options: {} },
  { name: 'AmqpWs', protocol: AmqpWs, options: {} },
  { name: 'Http', protocol: Http, options: { http: { receivePolicy: { interval: 1 } } } },
];
