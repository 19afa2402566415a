import { type HubAccess, until } from '@mooring/test-parts';
import { call } from './https.js';

/** What an operation record must tell. */
export interface ExpectedOperation {
  readonly category: string;
  readonly operationName: string;
  readonly deviceId: string;
  /** Azure's number of the error. */
  readonly resultType: string;
}

interface Page {
  readonly operations: readonly (Partial<ExpectedOperation> & { readonly resultType?: string })[];
  readonly continuation?: string;
}

/** Operation records that attacks must leave behind. */
export class OperationLedger {
  private readonly expected = new Map<string, number>();

  expect(operation: ExpectedOperation): void {
    const row = rowOf(operation);
    this.expected.set(row, (this.expected.get(row) ?? 0) + 1);
  }

  /** Waits until the hub lists them all: as many of each as were expected. */
  async complete(hub: HubAccess): Promise<void> {
    let missing: readonly string[] = [];
    const recorded = async () => {
      const found = await this.count(hub);
      missing = [...this.expected].flatMap(([row, count]) =>
        (found.get(row) ?? 0) < count ? [`${row}: ${found.get(row) ?? 0} of ${count}`] : [],
      );
      return missing.length === 0;
    };
    try {
      await until(recorded, { what: 'all operation records', timeoutMs: 15_000, everyMs: 200 });
    } catch (cause) {
      throw new Error(`operation records are missing: ${missing.join('; ')}`, { cause });
    }
  }

  private async count(hub: HubAccess): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    for (const category of new Set([...this.expected.keys()].map((row) => row.split(' ')[0]))) {
      for (let continuation: string | undefined = ''; continuation !== undefined; ) {
        const query = new URLSearchParams({ category: category ?? '', top: '1000' });
        if (continuation !== '') {
          query.set('continuation', continuation);
        }
        const { body } = await call(hub, { method: 'GET', path: `/management/operations?${query}` });
        const page = JSON.parse(body) as Page;
        for (const operation of page.operations) {
          found.set(rowOf(operation), (found.get(rowOf(operation)) ?? 0) + 1);
        }
        continuation = page.continuation;
      }
    }
    return found;
  }
}

function rowOf({ category, operationName, deviceId, resultType }: Partial<ExpectedOperation>): string {
  return [category, operationName, deviceId, resultType].join(' ');
}
