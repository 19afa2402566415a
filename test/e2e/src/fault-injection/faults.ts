import { Message } from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';

export type Transport = typeof Amqp | typeof AmqpWs | typeof Mqtt | typeof MqttWs | typeof Http;

const MQTT_BREAKS = ['KillTcp', 'ShutDownMqtt'];
const AMQP_BREAKS = [
  'KillTcp',
  'KillAmqpConnection',
  'KillAmqpSession',
  'KillAmqpCBSLinkReq',
  'KillAmqpCBSLinkResp',
  'KillAmqpD2CLink',
  'KillAmqpC2DLink',
  'KillAmqpTwinLinkReq',
  'KillAmqpTwinLinkResp',
  'KillAmqpMethodReqLink',
  'KillAmqpMethodRespLink',
  'ShutDownAmqp',
];

/** Faults that end what a device sees as its connection, by its transport. */
export type Breaks = readonly (readonly [name: string, transport: Transport, types: readonly string[]])[];

export const ALL_BREAKS: Breaks = [
  ['MQTT', Mqtt, MQTT_BREAKS],
  ['MQTT over WebSocket', MqttWs, MQTT_BREAKS],
  ['AMQP', Amqp, AMQP_BREAKS],
  ['AMQP over WebSocket', AmqpWs, AMQP_BREAKS],
];

export const SOME_BREAKS: Breaks = [
  ['MQTT', Mqtt, MQTT_BREAKS],
  ['AMQP', Amqp, ['KillTcp', 'KillAmqpConnection', 'KillAmqpSession', 'KillAmqpCBSLinkResp', 'KillAmqpC2DLink']],
];

/** Those after which what a device listens to must come again. */
export const LISTENERS_BREAKS: Breaks = [
  ['MQTT', Mqtt, ['KillTcp']],
  ['AMQP', Amqp, AMQP_BREAKS.filter((type) => /Connection|Session|C2D|Twin|Method/.test(type))],
];

/** Faults that refuse messages. */
export const REFUSALS: readonly string[] = ['InvokeThrottling', 'InvokeMaxMessageQuota', 'InvokeAuthError'];

/** What the SDK makes of a refusal, by the transports whose protocol can tell. */
export type Refusals = readonly (readonly [
  name: string,
  transport: Transport,
  errors: Readonly<Record<string, object>>,
])[];

const AMQP_ERRORS = {
  InvokeThrottling: { name: 'ThrottlingError' },
  InvokeMaxMessageQuota: { name: 'IotHubQuotaExceededError' },
  InvokeAuthError: { name: 'UnauthorizedError' },
};

export const AMQP_REFUSALS: Refusals = [
  ['AMQP', Amqp, AMQP_ERRORS],
  ['AMQP over WebSocket', AmqpWs, AMQP_ERRORS],
];

export const HTTP_REFUSALS: Refusals = [
  // The SDK has no error of its own for the status 429.
  ['HTTPS', Http, { ...AMQP_ERRORS, InvokeThrottling: { message: 'Could not send message: Too Many Requests' } }],
];

export interface AskedFault {
  readonly type: string;
  /** Seconds. */
  readonly delay?: number;
  readonly duration?: number;
}

/** The properties that ask for a fault, as the SDKs' own tests write them. */
export function faultProperties({ type, delay = 0, duration = 0 }: AskedFault): Readonly<Record<string, string>> {
  return {
    AzIoTHub_FaultOperationType: type,
    AzIoTHub_FaultOperationCloseReason: 'boom',
    AzIoTHub_FaultOperationDelayInSecs: String(delay),
    AzIoTHub_FaultOperationDurationInSecs: String(duration),
  };
}

/** The message that asks for it; the name of the fault is its body. */
export function faultMessage(fault: AskedFault): Message {
  const message = new Message(fault.type);
  for (const [name, value] of Object.entries(faultProperties(fault))) {
    message.properties.add(name, value);
  }
  return message;
}
