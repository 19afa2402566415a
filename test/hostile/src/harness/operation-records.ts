import { ServiceClient } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';

/** An operation record, as far as it is looked at here. */
export interface OperationRecord {
  readonly category: string;
  readonly operationName: string;
  readonly deviceId: string;
  /** Azure's number of the error; absent where it went well. */
  readonly resultType?: string;
  readonly resultDescription?: string;
}

interface Page {
  readonly operations: readonly OperationRecord[];
  readonly continuation?: string;
}

/** The records of a category since a time, the newest first. */
export async function operationRecords(
  hub: HubAccess,
  category: string,
  since: Date,
): Promise<readonly OperationRecord[]> {
  const client = new ServiceClient(hub);
  const records: OperationRecord[] = [];
  try {
    for (let continuation: string | undefined = ''; continuation !== undefined; ) {
      const query = new URLSearchParams({ category, from: since.toISOString(), top: '1000' });
      if (continuation !== '') {
        query.set('continuation', continuation);
      }
      const page = JSON.parse(await client.call('GET', `/management/operations?${query}`)) as Page;
      records.push(...page.operations);
      continuation = page.continuation;
    }
  } finally {
    client.close();
  }
  return records;
}
