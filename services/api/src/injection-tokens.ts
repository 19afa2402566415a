/** What modules of this service ask Nest for; see `ApiOptions`. */
export const IDENTITY_SERVICE = Symbol('IdentityService');
export const MONITORING_SERVICE = Symbol('MonitoringService');
export const CLOCK = Symbol('Clock');
export const LOGGER = Symbol('Logger');
export const TWIN_SERVICE = Symbol('TwinService');
export const C2D_QUEUE_SERVICE = Symbol('C2dQueueService');
