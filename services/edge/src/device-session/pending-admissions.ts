import type { DeviceIdentity } from './device-identity.js';

/** An admission that is being decided. */
export interface PendingAdmission {
  readonly identity: DeviceIdentity;
  /** Something that it may rest on has changed since: it must be decided again. */
  stale: boolean;
  /** That it claimed its identity with; undefined until it has. */
  epoch: number | undefined;
  /** The greatest epoch that its identity is known to be held with elsewhere. */
  supersededBy: number;
}

/**
 * The admissions that are being decided. Each is registered before its credentials are read, so that a change in between is
 * not missed: it is either in what is read, or told to the admission.
 */
export class PendingAdmissions {
  private readonly byDevice = new Map<string, Set<PendingAdmission>>();

  begin(identity: DeviceIdentity): PendingAdmission {
    const admission: PendingAdmission = { identity, stale: false, epoch: undefined, supersededBy: 0 };
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

  /** An identity is held elsewhere: who claimed it earlier is not admitted, even if that is not known yet. */
  supersede(identity: DeviceIdentity, epoch: number): void {
    for (const admission of this.ofIdentity(identity)) {
      admission.supersededBy = Math.max(admission.supersededBy, epoch);
    }
  }

  /** Whether an admission has claimed its identity with this epoch. */
  holds(identity: DeviceIdentity, epoch: number): boolean {
    return this.ofIdentity(identity).some((admission) => admission.epoch === epoch);
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

  private ofIdentity({ deviceId, name }: DeviceIdentity): readonly PendingAdmission[] {
    const ofDevice = this.byDevice.get(deviceId);
    return ofDevice === undefined ? NONE : [...ofDevice].filter(({ identity }) => identity.name === name);
  }
}

const NONE: readonly PendingAdmission[] = [];
