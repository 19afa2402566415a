import { keyOfName } from '@mooring/credentials';
import type { EventLog, LogRecord } from '@mooring/event-log';
import { ANNOTATION, applicationPropertyHeader, MESSAGE_SOURCE, newHeaders, PROPERTY } from '@mooring/messages';
import type { Channel } from '@mooring/outbox';
import type { TwinChange, TwinEvent } from '../domain/twin-event.js';

export interface ChangeChannelOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly hubName: string;
}

/** Appends changes of twins to ingress, as Azure stamps them, for routing. */
export class ChangeChannel implements Channel<TwinEvent> {
  readonly name = 'changes';

  constructor(private readonly options: ChangeChannelOptions) {}

  accepts(event: TwinEvent): event is TwinChange {
    return event.kind === 'change';
  }

  async deliver(name: string, events: readonly TwinEvent[]): Promise<void> {
    const { log, topic, hubName } = this.options;
    const changes = events.filter((event) => this.accepts(event));
    await log.appender(topic).appendAll(changes.map((change) => changeRecord(name, change, hubName)));
  }
}

/** The record of a change, keyed by device. */
export function changeRecord(name: string, change: TwinChange, hubName: string): LogRecord {
  const { deviceId, moduleId } = keyOfName(name);
  const time = new Date(change.time).toISOString();
  const headers = newHeaders();
  headers[ANNOTATION.deviceId] = deviceId;
  headers[ANNOTATION.generationId] = change.generation;
  headers[ANNOTATION.enqueuedTime] = time;
  headers[ANNOTATION.messageSource] = MESSAGE_SOURCE.twinChange;
  // The same for a second delivery, so that a reader can tell.
  headers[PROPERTY.correlationId] = Buffer.from(change.id, 'base64url').toString('hex');
  headers[PROPERTY.userId] = hubName;
  headers[PROPERTY.contentType] = 'application/json';
  headers[PROPERTY.contentEncoding] = 'utf-8';
  headers[applicationPropertyHeader('hubName')] = hubName;
  headers[applicationPropertyHeader('deviceId')] = deviceId;
  if (moduleId !== '') {
    headers[ANNOTATION.moduleId] = moduleId;
    headers[applicationPropertyHeader('moduleId')] = moduleId;
  }
  headers[applicationPropertyHeader('operationTimestamp')] = time;
  headers[applicationPropertyHeader('opType')] = change.operation;
  headers[applicationPropertyHeader('iothub-message-schema')] = 'twinChangeNotification';
  return { key: deviceId, headers, value: Buffer.from(change.body) };
}
