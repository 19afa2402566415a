export type { TwinRecord } from './store/twin-record.js';
