import type { Clock } from '@mooring/clock';
import type { identity as contract } from '@mooring/proto';
import { AdmissionRefused, unavailable } from './admission-refused.js';
import type { Authenticated } from './authentication/authenticated.js';
import type { DeviceIdentity } from './device-identity.js';
import type { Admission } from './live/live-connection.js';
import type { PendingAdmission, PendingAdmissions } from './pending-admissions.js';

/** Credentials, and what was proven by them. */
export interface Proven {
  readonly credentials: contract.Credentials;
  readonly authenticated: Authenticated;
}

export interface RequestAdmissionOptions {
  readonly identity: DeviceIdentity;
  readonly pending: PendingAdmissions;
  readonly prove: () => Promise<Proven>;
  readonly clock: Clock;
}

/** Times that it is proven again because of changes meanwhile. */
const MAX_ATTEMPTS = 3;

/**
 * What a single request may be done by. It is asked for before the body is read, and again right before the request is carried
 * out, so that a change in between refuses a request whose body takes long.
 */
export class RequestAdmission {
  private readonly pending: PendingAdmission;
  private admitted: Admission | undefined;
  private ended = false;

  constructor(private readonly options: RequestAdmissionOptions) {
    this.pending = options.pending.begin(options.identity);
  }

  /** Costs nothing if nothing has changed since it was last asked. @throws AdmissionRefused */
  async current(): Promise<Admission> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (this.ended) {
        throw unavailable('gone');
      }
      const admission = this.valid() ?? (await this.admit());
      if (!this.pending.stale) {
        return admission;
      }
    }
    throw unavailable('credentials-keep-changing');
  }

  end(): void {
    this.ended = true;
    this.options.pending.end(this.pending);
  }

  private valid(): Admission | undefined {
    const expiresAt = this.admitted?.authenticated.expiresAt ?? Number.POSITIVE_INFINITY;
    return expiresAt > this.options.clock.now() && !this.pending.stale ? this.admitted : undefined;
  }

  private async admit(): Promise<Admission> {
    const { identity, prove, clock } = this.options;
    this.pending.stale = false;
    try {
      const { credentials, authenticated } = await prove();
      const { generationId, version } = credentials;
      const admittedAt = clock.monotonic();
      this.admitted = { identity, generationId, version, authenticated, epoch: 0, admittedAt };
      return this.admitted;
    } catch (error) {
      throw error instanceof AdmissionRefused ? error : unavailable('dependency-unavailable', error);
    }
  }
}
