import type { Collection, DocumentStore } from '@mooring/document-store';
import { CONNECTION_INDEXES, type ConnectionRecord } from './connections/connection-record.js';
import { OPERATION_INDEXES, type OperationDocument } from './operations/operation-document.js';
import type { UsageRecord } from './quota/message-usage.js';
import type { EdgeRecord } from './sweeps/edge-directory.js';

export interface Collections {
  readonly connections: Collection<ConnectionRecord>;
  readonly edges: Collection<EdgeRecord>;
  readonly operations: Collection<OperationDocument>;
  readonly usage: Collection<UsageRecord>;
}

/** Monitoring's collections; nobody else reads or writes them. */
export async function openCollections(store: DocumentStore): Promise<Collections> {
  const [connections, edges, operations, usage] = await Promise.all([
    store.collection<ConnectionRecord>({ name: 'connections', indexes: CONNECTION_INDEXES }),
    store.collection<EdgeRecord>({ name: 'edges', indexes: [] }),
    store.collection<OperationDocument>({ name: 'operations', indexes: OPERATION_INDEXES }),
    store.collection<UsageRecord>({ name: 'usage', indexes: [['day']] }),
  ]);
  return { connections, edges, operations, usage };
}
