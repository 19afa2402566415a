import type { Clock } from '@mooring/clock';
import type { EventLog } from '@mooring/event-log';
import type { PartitionEnd } from '../encoding/event-encoder.js';

/** How old the answer may be: asking the log for each batch would cost more than the batch. */
const MAX_AGE_MS = 1_000;

/** What a partition ends with, for receivers that want to know how far behind they are. */
export class PartitionEndWatch {
  private end: PartitionEnd | undefined;

  constructor(
    private readonly log: Pick<EventLog, 'describePartition'>,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly topic: string,
    private readonly partition: number,
  ) {}

  async current(): Promise<PartitionEnd> {
    const now = this.clock.now();
    if (this.end === undefined || now - this.end.lookedAt >= MAX_AGE_MS) {
      const { last } = await this.log.describePartition(this.topic, this.partition);
      this.end = { offset: last?.offset ?? -1, timestamp: last?.timestamp ?? 0, lookedAt: now };
    }
    return this.end;
  }
}
