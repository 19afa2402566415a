export { Batcher, type BatcherOptions, type Pace } from './batcher.js';
