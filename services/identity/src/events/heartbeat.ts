import type { Clock, Timer } from '@mooring/clock';
import type { EventLog } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import { controlRecord } from './control-record.js';

const BEAT_MS = 1_000;
const KEY = 'beat';

export interface HeartbeatOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Broadcasts once a second that identity lives. Whoever hears a beat has heard all broadcasts before it. While one is not
 * acknowledged no other is sent.
 */
export class Heartbeat {
  private timer: Timer | undefined;
  private outstanding = false;

  constructor(private readonly options: HeartbeatOptions) {}

  start(): void {
    this.beat();
    this.timer = this.options.clock.every(BEAT_MS, () => this.beat());
  }

  stop(): void {
    this.timer?.cancel();
  }

  private beat(): void {
    if (this.outstanding) {
      return;
    }
    this.outstanding = true;
    const { log, topic, clock, logger } = this.options;
    const record = controlRecord(KEY, { timeMs: clock.now(), event: { $case: 'beat', value: {} } });
    log
      .appender(topic)
      .appendAll([record])
      .catch((error: unknown) => logger.warn({ err: error }, 'a beat could not be sent'))
      .finally(() => {
        this.outstanding = false;
      });
  }
}
