import { isHubError } from '@mooring/errors';
import { Counter, Gauge, type Metrics } from '@mooring/observability';

/** What monitoring measures. */
export class MonitoringMetrics {
  private readonly calls: Counter<'operation' | 'outcome'>;
  private readonly reports: Counter<'kind' | 'outcome'>;
  private readonly events: Counter;
  private readonly swept: Counter;
  private readonly operations: Counter<'outcome'>;

  /** @param pending states whose events are on their way, or just told */
  constructor(registry: Metrics, pending: () => number) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'mooring_monitoring_calls_total',
      help: 'Calls of the monitoring contract, by operation and outcome (ok, or the name of the error).',
      labelNames: ['operation', 'outcome'],
      registers,
    });
    this.reports = new Counter({
      name: 'mooring_monitoring_reports_total',
      help: 'Reports of edges by kind (connection, activity) and outcome: applied, known (no news), or senseless.',
      labelNames: ['kind', 'outcome'],
      registers,
    });
    this.events = new Counter({
      name: 'mooring_monitoring_connection_events_lost_total',
      help: 'Connection state events of devices that flapped while the event log was away.',
      registers,
    });
    this.swept = new Counter({
      name: 'mooring_monitoring_swept_connections_total',
      help: 'Connections that count as ended because the lease of their edge has lapsed.',
      registers,
    });
    this.operations = new Counter({
      name: 'mooring_monitoring_operation_records_total',
      help: 'Operation records: kept, forgotten, or skipped as newer, invalid or too-large.',
      labelNames: ['outcome'],
      registers,
    });
    new Gauge({
      name: 'mooring_monitoring_pending_states',
      help: 'Connection states with events that are on their way to the event log, or just there.',
      registers,
      collect() {
        this.set(pending());
      },
    });
  }

  ended(operation: string, error?: unknown): void {
    this.calls.inc({ operation, outcome: error === undefined ? 'ok' : outcomeOf(error) });
  }

  reported(
    kind: 'connection' | 'activity',
    { applied, known, senseless }: { readonly applied: number; readonly known: number; readonly senseless: number },
  ): void {
    this.reports.inc({ kind, outcome: 'applied' }, applied);
    this.reports.inc({ kind, outcome: 'known' }, known);
    this.reports.inc({ kind, outcome: 'senseless' }, senseless);
  }

  eventsLost(events: number): void {
    this.events.inc(events);
  }

  connectionsSwept(connections: number): void {
    this.swept.inc(connections);
  }

  operationRecords(outcome: 'kept' | 'forgotten' | 'newer' | 'invalid' | 'too-large', records = 1): void {
    this.operations.inc({ outcome }, records);
  }
}

function outcomeOf(error: unknown): string {
  return isHubError(error) ? error.error : 'ServerError';
}
