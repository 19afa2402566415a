import type { EventLog, LogRecord } from '@mooring/event-log';
import { ANNOTATION, applicationPropertyHeader, MESSAGE_SOURCE, newHeaders, PROPERTY } from '@mooring/messages';
import type { Channel } from '@mooring/outbox';
import type { LifecycleEvent, PendingEvent } from '../domain/pending-event.js';

export interface LifecycleChannelOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly hubName: string;
}

/** Appends life-cycle events to ingress, as Azure stamps them, for routing. */
export class LifecycleChannel implements Channel<PendingEvent> {
  readonly name = 'lifecycle';

  constructor(private readonly options: LifecycleChannelOptions) {}

  accepts(event: PendingEvent): event is LifecycleEvent {
    return event.kind === 'lifecycle';
  }

  async deliver(deviceId: string, events: readonly PendingEvent[]): Promise<void> {
    const { log, topic, hubName } = this.options;
    const records = events.filter((event) => this.accepts(event));
    await log.appender(topic).appendAll(records.map((event) => lifecycleRecord(deviceId, event, hubName)));
  }
}

/** The record of a life-cycle event, keyed by device. */
export function lifecycleRecord(deviceId: string, event: LifecycleEvent, hubName: string): LogRecord {
  const time = new Date(event.time).toISOString();
  const headers = newHeaders();
  headers[ANNOTATION.deviceId] = deviceId;
  if (event.moduleId !== '') {
    headers[ANNOTATION.moduleId] = event.moduleId;
  }
  headers[ANNOTATION.generationId] = event.generation;
  headers[ANNOTATION.enqueuedTime] = time;
  headers[ANNOTATION.messageSource] = MESSAGE_SOURCE.deviceLifecycle;
  // The same for a second delivery, so that a reader can tell.
  headers[PROPERTY.correlationId] = Buffer.from(event.id, 'base64url').toString('hex');
  headers[PROPERTY.userId] = hubName;
  headers[PROPERTY.contentType] = 'application/json';
  headers[PROPERTY.contentEncoding] = 'utf-8';
  const properties = {
    hubName,
    deviceId,
    ...(event.moduleId === '' ? {} : { moduleId: event.moduleId }),
    operationTimestamp: time,
    opType: event.operation,
    'iothub-message-schema': 'deviceLifecycleNotification',
  };
  for (const [name, value] of Object.entries(properties)) {
    headers[applicationPropertyHeader(name)] = value;
  }
  return { key: deviceId, headers, value: Buffer.from(event.body) };
}
