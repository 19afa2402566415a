export type { MessageCampaignOptions } from './campaigns/message-campaign.js';
export { MessageCampaign } from './campaigns/message-campaign.js';
export type { MethodCampaignOptions } from './campaigns/method-campaign.js';
export { MethodCampaign } from './campaigns/method-campaign.js';
export type { ReadChanges, TwinCampaignOptions, TwinCampaignVerdict } from './campaigns/twin-campaign.js';
export { TwinCampaign } from './campaigns/twin-campaign.js';
export type { TwinDocument } from './campaigns/twin-documents.js';
export { changeOf } from './campaigns/twin-documents.js';
export type { DeviceConnectionOptions } from './device/device-connection.js';
export { DeviceConnection } from './device/device-connection.js';
export type { ForgetfulDeviceOptions } from './device/forgetful-device.js';
export { ForgetfulDevice } from './device/forgetful-device.js';
export type { ListeningDeviceOptions } from './device/listening-device.js';
export { ListeningDevice } from './device/listening-device.js';
export type { Login } from './device/login.js';
export { loginPacket } from './device/login.js';
export type { DeviceEvent, NumberedDeviceOptions } from './device/numbered-device.js';
export { GHOST, NumberedDevice } from './device/numbered-device.js';
export type { ReconnectingDeviceOptions } from './device/reconnecting-device.js';
export { ReconnectingDevice } from './device/reconnecting-device.js';
export type { FleetOptions } from './fleet.js';
export { Fleet } from './fleet.js';
export type { MessageEvent, MessageVerdict } from './history/c2d-history.js';
export { judgeMessages } from './history/c2d-history.js';
export type { DeviceHistory, Verdict } from './history/history.js';
export { judge } from './history/history.js';
export type { MethodEvent, MethodVerdict } from './history/method-history.js';
export { judgeMethods } from './history/method-history.js';
export { readNumbers } from './history/read-numbers.js';
export type {
  TwinAttempt,
  TwinChange,
  TwinHistory,
  TwinSection,
  TwinState,
  TwinValue,
} from './history/twin-history.js';
export { judgeTwin } from './history/twin-history.js';
export { Random } from './random.js';
export type { DeviceCredentials } from './register-devices.js';
export { registerDevices } from './register-devices.js';
export type { ServiceAnswer, ServiceRequest } from './service-client.js';
export { ServiceClient } from './service-client.js';
export type { Protocol } from './telemetry/protocol.js';
export { anyProtocol, PROTOCOLS } from './telemetry/protocol.js';
export type { ConnectionRecord } from './telemetry/telemetry-connection.js';
export { trustAuthority } from './trust.js';
