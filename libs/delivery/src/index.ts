export type { DeliveryPeers, DeviceLocator } from './port.js';
