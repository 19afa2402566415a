export { ConnectedEdges, type ConnectedEdgesOptions, type OwnEdge } from './connected-edges.js';
export { PeerDirectory } from './peer-directory.js';
export type { DeliveryPeers, DeviceLocator } from './port.js';
