import type { Collection, DocumentStore } from '@mooring/document-store';
import { CONNECTION_INDEXES, type ConnectionRecord } from './connections/connection-record.js';
import { OPERATION_INDEXES, type OperationDocument } from './operations/operation-document.js';
import type { EdgeRecord } from './sweeps/edge-directory.js';

export interface Collections {
  readonly connections: Collection<ConnectionRecord>;
  readonly edges: Collection<EdgeRecord>;
  readonly operations: Collection<OperationDocument>;
}

/** Monitoring's collections; nobody else reads or writes them. */
export async function openCollections(store: DocumentStore): Promise<Collections> {
  const [connections, edges, operations] = await Promise.all([
    store.collection<ConnectionRecord>({ name: 'connections', indexes: CONNECTION_INDEXES }),
    store.collection<EdgeRecord>({ name: 'edges', indexes: [] }),
    store.collection<OperationDocument>({ name: 'operations', indexes: OPERATION_INDEXES }),
  ]);
  return { connections, edges, operations };
}
