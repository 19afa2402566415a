export type { ConnectionInfo, HttpFront, StreamFront } from './fronts.js';
