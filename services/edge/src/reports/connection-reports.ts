import type { Clock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { monitoring } from '@mooring/proto';
import type { Admission } from '../device-session/live/live-connection.js';
import { NewestReports } from './newest-reports.js';

export interface ConnectionReportsOptions {
  readonly monitoringService: Pick<monitoring.MonitoringService, 'reportConnections'>;
  /** Name of this process. */
  readonly edge: string;
  /** Of its lease, at the moment. */
  readonly incarnation: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Tells monitoring who is connected here and who no longer is. */
export class ConnectionReports {
  private readonly reports: NewestReports<monitoring.ConnectionReport>;

  constructor(private readonly options: ConnectionReportsOptions) {
    const { monitoringService, edge, incarnation } = options;
    this.reports = new NewestReports({
      ...options,
      send: (reports) =>
        monitoringService.reportConnections({ edge, incarnation: incarnation(), reports: [...reports] }),
    });
  }

  get waiting(): number {
    return this.reports.size;
  }

  get lost(): number {
    return this.reports.lostCount;
  }

  start(): void {
    this.reports.start();
  }

  stop(): Promise<void> {
    return this.reports.stop();
  }

  connected(admission: Admission): void {
    this.put(admission, true);
  }

  disconnected(admission: Admission): void {
    this.put(admission, false);
  }

  private put({ identity, generationId, epoch }: Admission, connected: boolean): void {
    const { name, deviceId, moduleId } = identity;
    if (epoch < (this.reports.get(name)?.epoch ?? 0)) {
      // The end of a connection whose place another has taken.
      return;
    }
    const timeMs = this.options.clock.now();
    this.reports.put(name, { key: { deviceId, moduleId }, generationId, epoch, connected, timeMs });
  }
}
