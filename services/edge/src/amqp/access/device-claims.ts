import type { TokenClaims } from '@mooring/amqp';
import type { Authenticated } from '../../device-session/authentication/authenticated.js';
import type { DeviceIdentity } from '../../device-session/device-identity.js';

/** What a token of a device, or of a policy that connects devices, gives. */
export interface DeviceClaims extends TokenClaims {
  readonly kind: 'device';
  readonly token: string;
  readonly authenticated: Authenticated;
  /** Whether it is for this identity. */
  covers(identity: DeviceIdentity): boolean;
}

/** Whether claims are of this kind and for an identity. */
export function isForDevice(claims: TokenClaims, identity: DeviceIdentity): claims is DeviceClaims {
  return 'kind' in claims && claims.kind === 'device' && (claims as DeviceClaims).covers(identity);
}
