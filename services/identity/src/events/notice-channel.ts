import type { EventLog } from '@mooring/event-log';
import { changeNoticeRecord } from '@mooring/messages';
import type { Channel } from '@mooring/outbox';
import type { NoticeEvent, PendingEvent } from '../domain/pending-event.js';

/**
 * Tells those that keep copies which identities to read anew. A deleted device is told of without its modules: whoever reads
 * that it is gone, or that it is of another generation, takes its modules for gone too.
 */
export class NoticeChannel implements Channel<PendingEvent> {
  readonly name = 'notices';

  constructor(
    private readonly log: EventLog,
    private readonly topic: string,
  ) {}

  accepts(event: PendingEvent): event is NoticeEvent {
    return event.kind === 'notice';
  }

  async deliver(deviceId: string, events: readonly PendingEvent[]): Promise<void> {
    const changed = events.filter((event) => this.accepts(event)).flatMap(({ identities }) => identities);
    const records = [...new Set(changed)].map((moduleId) =>
      changeNoticeRecord({ part: 'identity', deviceId, moduleId }),
    );
    await this.log.appender(this.topic).appendAll(records);
  }
}
