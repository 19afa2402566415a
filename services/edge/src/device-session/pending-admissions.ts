import type { DeviceIdentity } from './device-identity.js';

/** An admission that is being decided. */
export interface PendingAdmission {
  readonly identity: DeviceIdentity;
  /** Something that it may rest on has changed since: it must be decided again. */
  stale: boolean;
}

/**
 * The admissions that are being decided. Each is registered before its credentials are read, so that a change in between is
 * not missed: it is either in what is read, or told to the admission.
 */
export class PendingAdmissions {
  private readonly byDevice = new Map<string, Set<PendingAdmission>>();

  begin(identity: DeviceIdentity): PendingAdmission {
    const admission = { identity, stale: false };
    const ofDevice = this.byDevice.get(identity.deviceId) ?? new Set();
    this.byDevice.set(identity.deviceId, ofDevice.add(admission));
    return admission;
  }

  end(admission: PendingAdmission): void {
    const { deviceId } = admission.identity;
    const ofDevice = this.byDevice.get(deviceId);
    if (ofDevice?.delete(admission) && ofDevice.size === 0) {
      this.byDevice.delete(deviceId);
    }
  }

  /** A device, or one of its modules, has changed. */
  changed(deviceId: string): void {
    for (const admission of this.byDevice.get(deviceId) ?? []) {
      admission.stale = true;
    }
  }

  /** Something that any admission may rest on has changed. */
  allChanged(): void {
    for (const deviceId of this.byDevice.keys()) {
      this.changed(deviceId);
    }
  }
}
