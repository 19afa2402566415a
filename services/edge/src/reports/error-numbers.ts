import { ERROR_CATALOGUE, type ErrorName } from '@mooring/errors';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import type { CloseReason } from '../device-session/live/live-connection.js';

/** The device went away; Azure's own name is DeviceConnectionClosedRemotely, which no client is ever told. */
const CLOSED_REMOTELY = '404104';

/** By the reason of a refusal; the others are of credentials that do not prove the identity. */
const REFUSALS: Readonly<Record<string, ErrorName>> = {
  'protocol-version': 'InvalidProtocolVersion',
  'client-id': 'ArgumentInvalid',
  will: 'ArgumentInvalid',
  'protocol-error': 'IotHubFormatError',
  'too-large': 'MessageTooLarge',
  'policy-without-right': 'IotHubUnauthorizedAccess',
  'too-many-take-overs': 'ThrottlingException',
  throttled: 'ThrottlingException',
  'dependency-unavailable': 'ServiceUnavailable',
  'ownership-uncertain': 'ServiceUnavailable',
  'taken-over-meanwhile': 'ConnectionForcefullyClosedOnNewConnection',
  'credentials-keep-changing': 'ServiceUnavailable',
  'internal-error': 'ServerError',
};

/** By the reason of a close; undefined: nothing went wrong. */
const CLOSES: Readonly<Record<CloseReason, ErrorName | undefined>> = {
  'client-disconnected': undefined,
  drained: undefined,
  'fault-injected': undefined,
  'client-closed': undefined,
  refused: 'IotHubUnauthorized',
  'taken-over': 'ConnectionForcefullyClosedOnNewConnection',
  'identity-deleted': 'DeviceNotFound',
  'identity-disabled': 'IotHubUnauthorized',
  'credentials-changed': 'IotHubUnauthorized',
  'token-expired': 'IotHubUnauthorized',
  'keep-alive-timeout': undefined,
  'connect-timeout': undefined,
  'write-timeout': undefined,
  'protocol-error': 'IotHubFormatError',
  'not-authorized': 'IotHubUnauthorized',
  'too-large': 'MessageTooLarge',
  'append-failed': 'ServiceUnavailable',
  throttled: 'ThrottlingException',
  'quota-exceeded': 'IotHubQuotaExceeded',
  'session-not-stored': 'ServiceUnavailable',
  isolated: 'ServiceUnavailable',
  'internal-error': 'ServerError',
};

const WENT_AWAY: ReadonlySet<CloseReason> = new Set([
  'client-closed',
  'keep-alive-timeout',
  'connect-timeout',
  'write-timeout',
]);

/** Azure's number for a refusal, as text. */
export function refusalNumber(reason: string, { moduleId }: DeviceIdentity): string {
  if (reason === 'unknown-identity') {
    return number(moduleId === '' ? 'DeviceNotFound' : 'ModuleNotFound');
  }
  return number(Object.hasOwn(REFUSALS, reason) ? (REFUSALS[reason] ?? 'IotHubUnauthorized') : 'IotHubUnauthorized');
}

/** What a client is told of the end of its connection by a protocol that can; undefined: the end is nobody's fault. */
export function closeError(reason: CloseReason): ErrorName | undefined {
  return CLOSES[reason];
}

/** Azure's number for the end of a connection; undefined if it ended well. */
export function closeNumber(reason: CloseReason): string | undefined {
  if (WENT_AWAY.has(reason)) {
    return CLOSED_REMOTELY;
  }
  const name = CLOSES[reason];
  return name === undefined ? undefined : number(name);
}

function number(name: ErrorName): string {
  return String(ERROR_CATALOGUE[name].code);
}
