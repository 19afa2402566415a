import type { LogRecord } from '@mooring/event-log';
import { newHeaders } from '@mooring/messages';
import { control } from '@mooring/proto';

/** A broadcast as a record. */
export function controlRecord(key: string, event: control.ControlEvent): LogRecord {
  return { key, headers: newHeaders(), value: Buffer.from(control.ControlEvent.encode(event).finish()) };
}
