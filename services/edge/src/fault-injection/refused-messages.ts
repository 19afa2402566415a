import { type ErrorName, HubError } from '@mooring/errors';
import type { Fault, FaultType } from './fault.js';

/** What messages are refused with while a fault of the type lasts. The other types break something, once. */
const REFUSALS: Readonly<Partial<Record<FaultType, readonly [error: ErrorName, message: string]>>> = {
  InvokeThrottling: ['ThrottlingException', 'The device is throttled: try again later.'],
  InvokeMaxMessageQuota: ['IotHubQuotaExceeded', 'The hub has taken as many messages as it may.'],
  InvokeAuthError: ['IotHubUnauthorized', 'The device is not authorized.'],
};

/** Whether a fault refuses messages for a while. */
export function refusesMessages({ type }: Fault): boolean {
  return REFUSALS[type] !== undefined;
}

/** The error that messages are refused with while the fault lasts. */
export function refusalOf({ type, reason }: Fault): HubError | undefined {
  const refusal = REFUSALS[type];
  return refusal && new HubError(refusal[0], reason === '' ? refusal[1] : reason);
}
