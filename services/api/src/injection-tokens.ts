/** What modules of this service ask Nest for; see `ApiOptions`. */
export const IDENTITY_SERVICE = Symbol('IdentityService');
export const MONITORING_SERVICE = Symbol('MonitoringService');
export const CLOCK = Symbol('Clock');
export const LOGGER = Symbol('Logger');
