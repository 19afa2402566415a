import type { Clock } from '@mooring/clock';
import type { DocumentStore } from '@mooring/document-store';
import type { EventLog } from '@mooring/event-log';
import type { HubTopics } from '@mooring/messages';
import type { Logger, Metrics } from '@mooring/observability';
import type { OperationRecorder } from '@mooring/operations';
import type { RequestedCertificate } from './domain/certificate.js';

/** A right as an Azure template spells it. */
export type RightName = 'RegistryRead' | 'RegistryWrite' | 'ServiceConnect' | 'DeviceConnect';

/** What the configuration declares; it holds over what was stored before. */
export interface DeclaredAccess {
  readonly sharedAccessPolicies: readonly {
    readonly name: string;
    readonly rights: readonly RightName[];
    readonly primaryKey?: string | undefined;
    readonly secondaryKey?: string | undefined;
  }[];
  readonly certificates: readonly RequestedCertificate[];
}

export interface IdentityOptions {
  readonly documents: DocumentStore;
  /** Its topics exist (`EventLog.ensureTopics`) before identity starts. */
  readonly log: EventLog;
  readonly topics: Pick<HubTopics, 'ingress' | 'control' | 'changes'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** As Azure's events name the hub: the host name up to its first dot. */
  readonly hubName: string;
  /** 32 bytes, with which the keys of devices and policies are sealed at rest. */
  readonly sealKey: Buffer;
  readonly declared: DeclaredAccess;
  /** Told of every change of the registry, and of those that failed; nobody is where it is not given. */
  readonly operations?: Pick<OperationRecorder, 'record'>;
}
