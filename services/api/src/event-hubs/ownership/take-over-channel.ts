import type { Clock } from '@mooring/clock';
import type { EventLog, StoredRecord, Subscription } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import { control } from '@mooring/proto';

export interface TakeOverChannelOptions {
  readonly log: Pick<EventLog, 'follow' | 'appender'>;
  readonly controlTopic: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Tells the other processes that a partition has a new owner, and hears it from them. */
export class TakeOverChannel {
  private subscription: Subscription | undefined;

  constructor(private readonly options: TakeOverChannelOptions) {}

  async open(heard: (event: control.PartitionTakenOver) => void): Promise<void> {
    this.subscription = await this.options.log.follow(this.options.controlTopic, (record) => {
      const event = this.decode(record)?.event;
      if (event?.$case === 'partitionTakenOver') {
        heard(event.value);
      }
    });
  }

  /** Resolves when the broadcast is in the event log. */
  async announce(value: control.PartitionTakenOver): Promise<void> {
    const { log, controlTopic, clock } = this.options;
    const event = control.ControlEvent.encode({ timeMs: clock.now(), event: { $case: 'partitionTakenOver', value } });
    await log
      .appender(controlTopic)
      .appendAll([{ key: value.partition, headers: {}, value: Buffer.from(event.finish()) }]);
  }

  async close(): Promise<void> {
    await this.subscription?.close();
  }

  private decode(record: StoredRecord): control.ControlEvent | undefined {
    try {
      return control.ControlEvent.decode(record.value);
    } catch (error) {
      this.options.logger.warn({ err: error, offset: record.offset }, 'A broadcast cannot be read');
      return undefined;
    }
  }
}
