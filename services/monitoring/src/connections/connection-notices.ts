import { keyOfName } from '@mooring/credentials';
import type { EventLog, LogRecord } from '@mooring/event-log';
import { changeNoticeRecord } from '@mooring/messages';
import type { Logger } from '@mooring/observability';

export interface ConnectionNoticesOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly logger: Logger;
}

/** Tells those that keep copies which states to read anew. */
export class ConnectionNotices {
  constructor(private readonly options: ConnectionNoticesOptions) {}

  /** Resolves when the notice of a state is in the log. */
  async tell(name: string): Promise<void> {
    await this.append([noticeOf(name)]);
  }

  /**
   * Of changes that are no events: that a device was heard of, or went on with a newer connection. Nobody waits, and what
   * cannot be told is not told again: the next change of the state tells of it too.
   */
  mention(names: readonly string[]): void {
    this.append(names.map(noticeOf)).catch((error: unknown) => {
      this.options.logger.warn({ err: error, states: names.length }, 'changes of connection states were not told');
    });
  }

  private append(records: readonly LogRecord[]): Promise<void> {
    const { log, topic } = this.options;
    return log.appender(topic).appendAll(records);
  }
}

function noticeOf(name: string): LogRecord {
  return changeNoticeRecord({ part: 'connection', ...keyOfName(name) });
}
