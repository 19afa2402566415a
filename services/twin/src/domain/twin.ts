import type { TwinEvent } from './twin-event.js';
import type { TwinTree } from './user-keys.js';

/** The words are Azure's. */
export type AuthenticationType = 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';

/** Copy of the registry's entry, as it was at a revision. */
export interface IdentityCopy {
  readonly revision: number;
  readonly etag: string;
  readonly status: 'enabled' | 'disabled';
  readonly statusReason: string;
  readonly statusUpdatedTime: number;
  readonly authenticationType: AuthenticationType;
  /** Upper-case hexadecimal; empty for none. */
  readonly primaryThumbprint: string;
  readonly secondaryThumbprint: string;
  readonly iotEdge: boolean;
  readonly deviceScope: string;
  readonly parentScopes: readonly string[];
}

/** Copy of the connection state, as the connection with an epoch left it. */
export interface ConnectionCopy {
  readonly epoch: number;
  readonly state: 'Connected' | 'Disconnected';
  readonly updatedTime: number;
  readonly lastActivityTime: number;
}

/** What names a twin, and whose it is. */
export interface TwinOwner {
  readonly deviceId: string;
  /** Empty for the twin of the device itself. */
  readonly moduleId: string;
  /** Of the identity. */
  readonly generation: string;
}

/** The twin of a device or module. Times are milliseconds since the Unix epoch, 0 for never. */
export interface Twin extends TwinOwner {
  /** Counts accepted changes of all sections. */
  readonly twinVersion: number;
  /** Unquoted; changes with tags and desired properties. */
  readonly etag: string;
  /** The last that the device told of when it connected. */
  readonly modelId?: string | undefined;
  readonly tags: TwinTree;
  readonly desired: TwinTree;
  readonly reported: TwinTree;
  readonly desiredVersion: number;
  readonly reportedVersion: number;
  /** JSON text of each `$metadata`, its keys as the user gave them. */
  readonly desiredMetadata: string;
  readonly reportedMetadata: string;
  readonly identity: IdentityCopy;
  readonly connection: ConnectionCopy;
  /** Cloud-to-device messages in the queue. */
  readonly messageCount: number;
  /** Events that are not told yet, oldest first. */
  readonly pending: readonly TwinEvent[];
  /** The identity is gone, and for everybody so is the twin; what is left are its pending events. */
  readonly status?: 'deleted';
}
