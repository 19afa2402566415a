import { setImmediate as turn } from 'node:timers/promises';
import { isValidDeviceId, isValidModuleId, SealError } from '@mooring/credentials';
import type { Collection, Stored } from '@mooring/document-store';
import type { Logger } from '@mooring/observability';
import { sessionId } from '../domain/happenings.js';
import type { Authentication, Device, KeyVault, LiveDevice } from '../domain/model.js';
import { deviceOwner, moduleOwner, openAuthentication } from '../domain/sealed-authentication.js';
import { isKept, type SessionState } from '../domain/session.js';
import type { DeviceRepository } from '../store/device-repository.js';
import { getManyById } from '../store/get-many.js';
import { fromSessionRecord, type SessionRecord } from '../store/session-record.js';

/** Names a device, or a module of it. */
export interface Key {
  readonly deviceId: string;
  /** Empty for the device itself. */
  readonly moduleId: string;
}

/** What decides whether a connection is admitted, and how it continues. */
export interface Admission {
  readonly generation: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly authentication: Authentication;
  readonly session: SessionState | undefined;
}

export interface AdmissionOptions {
  readonly devices: DeviceRepository;
  readonly sessions: Collection<SessionRecord>;
  readonly vault: KeyVault;
  readonly logger: Logger;
}

/** Keys are opened so many at a time, between which others get their turn: it takes some 10 µs each. */
const SLICE = 256;

/** Looks up what edges need to admit connections, many at a time. */
export class AdmissionLookup {
  constructor(private readonly options: AdmissionOptions) {}

  /** In the order of the keys; undefined where there is no such identity. */
  async resolve(keys: readonly Key[]): Promise<(Admission | undefined)[]> {
    const valid = keys.filter(isValid);
    const [devices, sessions] = await Promise.all([
      this.options.devices.findMany(valid.map(({ deviceId }) => deviceId)),
      getManyById(
        this.options.sessions,
        valid.map(({ deviceId, moduleId }) => sessionId(deviceId, moduleId)),
      ),
    ]);
    const admissions: (Admission | undefined)[] = [];
    for (const [place, key] of keys.entries()) {
      if (place % SLICE === SLICE - 1) {
        await turn();
      }
      const device = devices.get(key.deviceId);
      const identity = device && this.admitted(device, key.moduleId);
      const stored = sessions.get(sessionId(key.deviceId, key.moduleId));
      admissions.push(identity && { ...identity, session: keptSession(stored, identity.generation) });
    }
    return admissions;
  }

  /** A record whose keys cannot be opened admits nobody, and costs the others of the batch nothing. */
  private admitted(device: LiveDevice, moduleId: string): Omit<Admission, 'session'> | undefined {
    try {
      return this.admissionOf(device, moduleId);
    } catch (error) {
      if (!(error instanceof SealError)) {
        throw error;
      }
      this.options.logger.error({ err: error, deviceId: device.id, moduleId }, 'keys cannot be opened');
      return undefined;
    }
  }

  private admissionOf(device: LiveDevice, moduleId: string): Omit<Admission, 'session'> | undefined {
    const { vault } = this.options;
    const enabled = device.status === 'enabled';
    if (moduleId === '') {
      const { id, generation, credentialsVersion } = device;
      const authentication = openAuthentication(device.authentication, vault, deviceOwner(id, generation));
      return { generation, version: credentialsVersion, enabled, authentication };
    }
    const module = device.modules.find(({ id }) => id === moduleId);
    if (module === undefined) {
      return undefined;
    }
    const owner = moduleOwner(device.id, moduleId, module.generation);
    return {
      generation: module.generation,
      // Both are of one sequence, so that a change of either makes it greater.
      version: Math.max(device.credentialsVersion, module.credentialsVersion),
      enabled,
      authentication: openAuthentication(module.authentication, vault, owner),
    };
  }
}

function keptSession(stored: Stored<SessionRecord> | undefined, generation: string): SessionState | undefined {
  const session = stored && fromSessionRecord(stored);
  return isKept(session, generation) ? session : undefined;
}

/** The generation of a device, or of a module of it; undefined if there is none. */
export function generationOf(device: Device | undefined, moduleId: string): string | undefined {
  return moduleId === '' ? device?.generation : device?.modules.find(({ id }) => id === moduleId)?.generation;
}

/** Whether an identity can have this key; what a client sends may be anything. */
export function isValid({ deviceId, moduleId }: Key): boolean {
  return isValidDeviceId(deviceId) && (moduleId === '' || isValidModuleId(moduleId));
}
