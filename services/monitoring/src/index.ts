export { createMonitoringService, type MonitoringRuntime } from './create-monitoring-service.js';
export { MAX_REPORTS, MAX_STATES } from './limits.js';
export { MONITORING_SERVICE, MonitoringModule } from './monitoring.module.js';
export type { MonitoringOptions } from './options.js';
