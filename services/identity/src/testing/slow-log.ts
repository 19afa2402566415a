import type { Appender, EventLog } from '@mooring/event-log';

/** A log that answers appends to some topics as `appendAll` does. */
export function withAppends(
  appendAll: (topic: string, append: () => Promise<void>) => Promise<void>,
): (log: EventLog) => EventLog {
  return (log) =>
    Object.create(log, {
      appender: {
        value: (topic: string): Appender => {
          const appender = log.appender(topic);
          const value: Appender['appendAll'] = (records) => appendAll(topic, () => appender.appendAll(records));
          return Object.create(appender, { appendAll: { value } }) as Appender;
        },
      },
    }) as EventLog;
}

/** A log of which one topic stands still. */
export function withTopicAtRest(suffix: string): (log: EventLog) => EventLog {
  return withAppends((topic, append) => (topic.endsWith(suffix) ? new Promise(() => undefined) : append()));
}

/** As a process that is killed between the write and the event leaves it: nothing of any topic gets out. */
export const killedBeforeTelling = { log: withAppends(() => new Promise(() => undefined)), killed: true };
