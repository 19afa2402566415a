export type { BoundPorts } from './bind.js';
export { connectionInfo, rememberConnectionInfo } from './connection-info.js';
export type { ConnectionInfo, HttpFront, StreamFront, StreamProtocol } from './fronts.js';
export { ListenError } from './listen-error.js';
export { Listener } from './listener.js';
export { ENDPOINTS, type Endpoint, type ListenerOptions } from './listener-options.js';
export { answerClientErrors } from './web/client-error.js';
