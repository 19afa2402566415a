import type { Clock } from '@mooring/clock';
import { Counter, Gauge, type Logger, type Metrics } from '@mooring/observability';
import type { OperationRecorder } from '@mooring/operations';
import type { monitoring } from '@mooring/proto';
import type { DeviceSessions } from '../device-session/device-sessions.js';
import type { Admission } from '../device-session/live/live-connection.js';
import type { TakeOver } from '../device-session/ownership/displacement.js';
import type { SessionEvents } from '../device-session/session-events.js';
import type { EdgeMetrics } from '../edge-metrics.js';
import { ActivityReports } from './activity-reports.js';
import { ConnectionOperations } from './connection-operations.js';
import { ConnectionReports } from './connection-reports.js';
import { DeliveryOperations } from './delivery-operations.js';
import { RecordRate } from './record-rate.js';
import { TelemetryOperations } from './telemetry-operations.js';

export interface EdgeReportsOptions {
  readonly monitoringService: monitoring.MonitoringService | undefined;
  readonly recorder: Pick<OperationRecorder, 'record'> | undefined;
  readonly maxRefusalRecords: number;
  /** Name of this process. */
  readonly edge: string;
  readonly sessions: () => Pick<DeviceSessions, 'incarnation' | 'live'>;
  readonly metrics: EdgeMetrics;
  readonly registry: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Tells monitoring, the operation log and the metrics what becomes of connections; off the path of messages. */
export class EdgeReports implements SessionEvents {
  readonly operations: ConnectionOperations | undefined;
  readonly deliveries: DeliveryOperations | undefined;
  readonly telemetry: TelemetryOperations | undefined;
  private readonly connections: ConnectionReports | undefined;
  private activity: ActivityReports | undefined;

  constructor(private readonly options: EdgeReportsOptions) {
    const { monitoringService, recorder, maxRefusalRecords, edge, sessions, clock, log, registry } = options;
    const skipped = new Counter({
      name: 'mooring_edge_refusals_unrecorded_total',
      help: 'Refused connections and messages that were left out of the operation records, because there were too many.',
      registers: [registry],
    });
    if (recorder !== undefined) {
      this.deliveries = new DeliveryOperations(recorder, edge);
      const rateOf = () => new RecordRate({ max: maxRefusalRecords, onSkipped: () => skipped.inc(), clock });
      this.operations = new ConnectionOperations({ recorder, edge, rate: rateOf() });
      this.telemetry = new TelemetryOperations({ recorder, edge, rate: rateOf() });
    }
    if (monitoringService !== undefined) {
      const incarnation = () => sessions().incarnation;
      this.connections = new ConnectionReports({ monitoringService, edge, incarnation, clock, log });
      measure(this.connections, registry);
    }
  }

  start(): void {
    const { monitoringService, sessions, clock, log } = this.options;
    if (monitoringService !== undefined) {
      this.activity = new ActivityReports({ monitoringService, live: sessions().live, clock, log });
      this.activity.start();
      this.connections?.start();
    }
  }

  /** A request of an identity was admitted. */
  requested(admission: Admission): void {
    this.activity?.heard(admission);
  }

  async stop(): Promise<void> {
    await Promise.all([this.activity?.stop(), this.connections?.stop()]);
  }

  connected(admission: Admission): void {
    this.connections?.connected(admission);
  }

  disconnected(admission: Admission): void {
    this.connections?.disconnected(admission);
  }

  tookOver(takeOver: TakeOver): void {
    this.options.metrics.countTakeOver(takeOver.outcome);
    this.operations?.tookOver(takeOver);
  }
}

function measure(reports: ConnectionReports, registry: Metrics): void {
  new Gauge({
    name: 'mooring_edge_connection_reports_waiting',
    help: 'Identities whose connection state monitoring has not taken yet.',
    registers: [registry],
    collect() {
      this.set(reports.waiting);
    },
  });
  new Counter({
    name: 'mooring_edge_connection_reports_lost_total',
    help: 'Connection states that were given up because monitoring took none for too long.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(reports.lost);
    },
  });
}
