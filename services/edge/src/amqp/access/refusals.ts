import type { PeerInfo } from '@mooring/amqp';
import { type ErrorName, HubError } from '@mooring/errors';
import { AdmissionRefused } from '../../device-session/admission-refused.js';
import type { DeviceIdentity } from '../../device-session/device-identity.js';
import type { AmqpContext } from '../amqp-context.js';

type Refusal = readonly [error: ErrorName, message: string];

const UNAUTHORIZED: Refusal = ['IotHubUnauthorized', 'The credentials do not prove this identity, or it is disabled.'];
const UNAVAILABLE: Refusal = ['ServiceUnavailable', 'The device cannot be admitted now: try again later.'];
const TOO_MANY: Refusal = ['ThrottlingException', 'The identity is taken over too often: try again later.'];

const THROTTLED: Refusal = ['ThrottlingException', 'Too many devices connect: try again later.'];

const REFUSED_FOR_LOAD: Readonly<Record<string, Refusal>> = { 'too-many-take-overs': TOO_MANY, throttled: THROTTLED };

/** Counts and records that an identity was refused. @returns what its client is told: not whether there is such an identity */
export function refusal(
  { metrics, operations, log }: Pick<AmqpContext, 'metrics' | 'operations' | 'log'>,
  { identity, peer }: { readonly identity: DeviceIdentity; readonly peer: PeerInfo },
  error: unknown,
): HubError {
  const refused =
    error instanceof AdmissionRefused ? error : new AdmissionRefused('unavailable', 'internal-error', error);
  const { kind, reason } = refused;
  metrics.countConnect('amqp', reason);
  operations?.refused(identity, reason, { protocol: 'amqp', info: peer.transport });
  const { deviceId, moduleId } = identity;
  const fields = { deviceId, moduleId, remoteAddress: peer.transport.remoteAddress, reason };
  if (kind === 'unauthorized') {
    log.info(fields, 'a device was refused');
  } else {
    log.warn({ ...fields, err: refused }, 'a device could not be admitted');
  }
  const [name, message] = kind === 'unauthorized' ? UNAUTHORIZED : (REFUSED_FOR_LOAD[reason] ?? UNAVAILABLE);
  return new HubError(name, message, { cause: refused });
}
