import { isHubError } from '@mooring/errors';
import { Counter, Gauge, Histogram, type Metrics } from '@mooring/observability';

const LOOKUP_BUCKETS = [1, 4, 16, 64, 256, 1_024, 4_096];

/** What identity measures. */
export class IdentityMetrics {
  private readonly operations: Counter<'operation' | 'outcome'>;
  private readonly lookups: Histogram;

  /** @param pending documents whose events are on their way, or just told */
  constructor(registry: Metrics, pending: () => number) {
    this.operations = new Counter({
      name: 'mooring_identity_operations_total',
      help: 'Calls of the identity contract, by operation and outcome (ok, or the name of the error).',
      labelNames: ['operation', 'outcome'],
      registers: [registry],
    });
    this.lookups = new Histogram({
      name: 'mooring_identity_lookup_batch_identities',
      help: 'Identities that one look-up of credentials asks for.',
      buckets: LOOKUP_BUCKETS,
      registers: [registry],
    });
    new Gauge({
      name: 'mooring_identity_pending_documents',
      help: 'Documents with events that are on their way to the event log, or just there.',
      registers: [registry],
      collect() {
        this.set(pending());
      },
    });
  }

  lookedUp(identities: number): void {
    this.lookups.observe(identities);
  }

  ended(operation: string, error?: unknown): void {
    this.operations.inc({ operation, outcome: error === undefined ? 'ok' : outcomeOf(error) });
  }

  /** Counts each operation of a bulk request. */
  bulk(operations: number, failed: readonly { readonly errorCode: string }[]): void {
    this.operations.inc({ operation: 'BulkOperation', outcome: 'ok' }, operations - failed.length);
    for (const { errorCode } of failed) {
      this.operations.inc({ operation: 'BulkOperation', outcome: errorCode });
    }
  }
}

function outcomeOf(error: unknown): string {
  return isHubError(error) ? error.error : 'ServerError';
}
