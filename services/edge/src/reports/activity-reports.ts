import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { monitoring } from '@mooring/proto';
import type { Admission, LiveConnection } from '../device-session/live/live-connection.js';
import type { LiveConnections } from '../device-session/live/live-connections.js';
import { NewestReports } from './newest-reports.js';
import { RequestActivity } from './request-activity.js';

export interface ActivityReportsOptions {
  readonly monitoringService: Pick<monitoring.MonitoringService, 'reportActivity'>;
  readonly live: LiveConnections;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A device is told of at most so often, and once more when the process ends. */
export const ACTIVITY_MS = 5 * 60_000;
const STEP_MS = 1_000;
const STEPS = ACTIVITY_MS / STEP_MS;

/**
 * Tells monitoring which devices were heard of lately: goes round all connections once in five minutes, some each second.
 * Costs a message nothing but the time that its connection notes at each read anyway.
 */
export class ActivityReports {
  private readonly reports: NewestReports<monitoring.Activity>;
  private readonly requests = new RequestActivity();
  private timer: Timer | undefined;
  private round: Iterator<LiveConnection> | undefined;
  private roundAt = Number.NEGATIVE_INFINITY;
  private perStep = 1;

  constructor(private readonly options: ActivityReportsOptions) {
    const { monitoringService } = options;
    const send = (activities: readonly monitoring.Activity[]) =>
      monitoringService.reportActivity({ activities: [...activities] });
    this.reports = new NewestReports({ ...options, send });
  }

  start(): void {
    this.timer = this.options.clock.every(STEP_MS, () => this.step());
    this.reports.start();
  }

  /** An identity without a connection was heard of just now. */
  heard(admission: Admission): void {
    this.requests.heard(admission, this.options.clock.now());
  }

  stop(): Promise<void> {
    this.timer?.cancel();
    this.collectRequests();
    return this.reports.stop();
  }

  private step(): void {
    const { live, clock } = this.options;
    if (this.round === undefined) {
      if (clock.monotonic() - this.roundAt < ACTIVITY_MS) {
        return;
      }
      this.roundAt = clock.monotonic();
      this.collectRequests();
      this.perStep = Math.ceil(live.size / STEPS) + 1;
      this.round = live.all()[Symbol.iterator]();
    }
    for (let count = 0; count < this.perStep; count++) {
      const { value, done } = this.round.next();
      if (done === true) {
        this.round = undefined;
        return;
      }
      this.note(value);
    }
  }

  private collectRequests(): void {
    for (const [name, activity] of this.requests.take()) {
      this.reports.put(name, activity);
    }
  }

  private note(connection: LiveConnection): void {
    const { admission } = connection;
    const timeMs = connection.takeActivity();
    if (admission !== undefined && timeMs !== undefined) {
      const { identity, generationId } = admission;
      const { name, deviceId, moduleId } = identity;
      this.reports.put(name, { key: { deviceId, moduleId }, generationId, timeMs });
    }
  }
}
