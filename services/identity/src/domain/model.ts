import type { PendingEvent } from './pending-event.js';

/** The words are Azure's. */
export type AuthenticationType = 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';
export type Status = 'enabled' | 'disabled';

/** Base64, of 16 to 64 bytes each. */
export interface SymmetricKeys {
  readonly primary: string;
  readonly secondary: string;
}

/** Upper-case hexadecimal; empty for none. */
export interface Thumbprints {
  readonly primary: string;
  readonly secondary: string;
}

/** How an identity proves itself: keys with type `sas`, thumbprints with `selfSigned`, neither with the others. */
export interface Authentication {
  readonly type: AuthenticationType;
  readonly keys?: SymmetricKeys | undefined;
  readonly thumbprints?: Thumbprints | undefined;
}

/** The same at rest. */
export interface SealedAuthentication {
  readonly type: AuthenticationType;
  readonly sealedKeys?: string | undefined;
  readonly thumbprints?: Thumbprints | undefined;
}

/** Seals keys at rest; what was sealed for one owner opens for no other. */
export interface KeyVault {
  seal(keys: SymmetricKeys, owner: string): string;
  open(sealed: string, owner: string): SymmetricKeys;
}

export interface ModuleState {
  readonly id: string;
  readonly generation: string;
  readonly etag: string;
  readonly authentication: SealedAuthentication;
  readonly managedBy: string;
  /** When credentials of the module last changed, in the device's sequence. */
  readonly credentialsVersion: number;
}

/**
 * A device with its modules: what changes as one. A module exists only within its device, at most 50 do, and both share one
 * sequence of versions, so that limits, deletion and broadcasts need no second document.
 */
export interface Device {
  readonly id: string;
  /** Decimal digits; differs between a deleted device and a new one of the same id. */
  readonly generation: string;
  readonly etag: string;
  readonly authentication: SealedAuthentication;
  /** `deleted`: a tombstone, which exists for nobody, until its events are out. */
  readonly status: Status | 'deleted';
  readonly statusReason: string;
  /** Milliseconds since the Unix epoch; 0: never changed. */
  readonly statusUpdatedTime: number;
  readonly iotEdge: boolean;
  readonly deviceScope: string;
  readonly parentScopes: readonly string[];
  readonly credentialsVersion: number;
  /**
   * Grows with every change of the device and of its modules: their revision. Each `credentialsVersion` is what it was when
   * credentials changed.
   */
  readonly sequence: number;
  readonly modules: readonly ModuleState[];
  /** What happened and is not yet told, oldest first. */
  readonly pending: readonly PendingEvent[];
}

/** A device that exists. */
export type LiveDevice = Device & { readonly status: Status };

export function isLive(device: Device | undefined): device is LiveDevice {
  return device !== undefined && device.status !== 'deleted';
}
