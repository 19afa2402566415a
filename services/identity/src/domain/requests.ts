import type { RequestedAuthentication } from './authentication.js';
import type { Status } from './model.js';

/** A device as a back end wants it to be. Undefined: not said. */
export interface RequestedDevice {
  readonly id: string;
  readonly authentication: RequestedAuthentication;
  readonly status: Status | undefined;
  readonly statusReason: string;
  readonly iotEdge: boolean | undefined;
  readonly deviceScope: string | undefined;
  readonly parentScopes: readonly string[];
}

/** A module as a back end wants it to be. */
export interface RequestedModule {
  readonly deviceId: string;
  readonly id: string;
  readonly authentication: RequestedAuthentication;
  readonly managedBy: string;
}
