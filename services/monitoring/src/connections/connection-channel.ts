import { keyOfName } from '@mooring/credentials';
import type { EventLog, LogRecord } from '@mooring/event-log';
import { ANNOTATION, applicationPropertyHeader, MESSAGE_SOURCE, newHeaders, PROPERTY } from '@mooring/messages';
import type { Channel } from '@mooring/outbox';
import type { ConnectionEvent } from './connection-event.js';
import type { ConnectionNotices } from './connection-notices.js';

export interface ConnectionChannelOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly hubName: string;
  readonly notices: Pick<ConnectionNotices, 'tell'>;
}

const SEQUENCE_DIGITS = 64;

/** Appends connection state events to ingress, as Azure stamps them, for routing, and a notice for those that keep copies. */
export class ConnectionChannel implements Channel<ConnectionEvent> {
  readonly name = 'connections';

  constructor(private readonly options: ConnectionChannelOptions) {}

  accepts(): boolean {
    return true;
  }

  async deliver(name: string, events: readonly ConnectionEvent[]): Promise<void> {
    const { log, topic, hubName, notices } = this.options;
    const records = events.map((event) => connectionRecord(name, event, hubName));
    await Promise.all([log.appender(topic).appendAll(records), notices.tell(name)]);
  }
}

/** The record of a connection state event, keyed by device. */
export function connectionRecord(name: string, event: ConnectionEvent, hubName: string): LogRecord {
  const { deviceId, moduleId } = keyOfName(name);
  const sequenceNumber = event.sequence.toString(16).toUpperCase().padStart(SEQUENCE_DIGITS, '0');
  const headers = newHeaders();
  headers[ANNOTATION.deviceId] = deviceId;
  if (moduleId !== '') {
    headers[ANNOTATION.moduleId] = moduleId;
  }
  headers[ANNOTATION.generationId] = event.generation;
  headers[ANNOTATION.enqueuedTime] = new Date(event.time).toISOString();
  headers[ANNOTATION.messageSource] = MESSAGE_SOURCE.deviceConnectionState;
  // The same for a second delivery, so that a reader can tell.
  headers[PROPERTY.correlationId] = sequenceNumber.slice(-SEQUENCE_DIGITS / 2).toLowerCase();
  headers[PROPERTY.userId] = hubName;
  headers[PROPERTY.contentType] = 'application/json';
  headers[PROPERTY.contentEncoding] = 'utf-8';
  const properties = {
    hubName,
    deviceId,
    ...(moduleId === '' ? {} : { moduleId }),
    operationTimestamp: new Date(event.changedTime).toISOString(),
    opType: `${moduleId === '' ? 'device' : 'module'}${event.connected ? 'Connected' : 'Disconnected'}`,
    'iothub-message-schema': 'deviceConnectionStateNotification',
  };
  for (const [property, value] of Object.entries(properties)) {
    headers[applicationPropertyHeader(property)] = value;
  }
  return { key: deviceId, headers, value: Buffer.from(JSON.stringify({ sequenceNumber })) };
}
