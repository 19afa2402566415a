export { DeviceAmqp } from './amqp/device-amqp.js';
export { createEdge, type Edge } from './edge.js';
export { EDGE, EdgeModule, type EdgeModuleOptions } from './edge.module.js';
export type { EdgeOptions } from './edge-options.js';
export type { DeviceHttp } from './http/device-http.js';
export { MqttFront } from './mqtt/mqtt-front.js';
export type { EdgePeers } from './peer/edge-peers.js';
