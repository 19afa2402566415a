/** What modules of this service ask Nest for; see `ApiOptions`. */
export const IDENTITY_SERVICE = Symbol('IdentityService');
export const CONNECTED_DEVICES = Symbol('connectedDevices');
export const CLOCK = Symbol('Clock');
export const LOGGER = Symbol('Logger');
