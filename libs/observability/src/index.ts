export { Counter, Gauge, Histogram } from 'prom-client';
export { createLogger, type Logger, type LogLevel } from './logger.js';
export { createMetrics, type Metrics } from './metrics.js';
