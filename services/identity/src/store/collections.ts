import type { Collection, DocumentStore } from '@mooring/document-store';
import { PENDING_INDEX } from '@mooring/outbox';
import type { CertificateRecord } from './certificate-record.js';
import type { DeviceRecord } from './device-record.js';
import type { PolicyRecord } from './policy-record.js';
import type { SessionRecord } from './session-record.js';

export interface Collections {
  readonly devices: Collection<DeviceRecord>;
  readonly sessions: Collection<SessionRecord>;
  readonly policies: Collection<PolicyRecord>;
  readonly certificates: Collection<CertificateRecord>;
}

/** Identity's collections; nobody else reads or writes them. */
export async function openCollections(store: DocumentStore): Promise<Collections> {
  const [devices, sessions, policies, certificates] = await Promise.all([
    // Statistics count by status.
    store.collection<DeviceRecord>({ name: 'devices', indexes: [PENDING_INDEX, ['status']] }),
    store.collection<SessionRecord>({ name: 'sessions', indexes: [] }),
    store.collection<PolicyRecord>({ name: 'policies', indexes: [PENDING_INDEX] }),
    store.collection<CertificateRecord>({ name: 'certificates', indexes: [PENDING_INDEX] }),
  ]);
  return { devices, sessions, policies, certificates };
}
