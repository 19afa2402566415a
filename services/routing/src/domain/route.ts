import type { StoredRecord } from '@mooring/event-log';
import { ANNOTATION, type MessageSource } from '@mooring/messages';

/** Decides for each record whether it belongs to an endpoint. Plain and synchronous: it runs once per message. */
export type Route = (record: StoredRecord) => boolean;

/** A route that takes all messages of some sources. */
export function routeBySource(sources: readonly MessageSource[]): Route {
  const wanted = sources.map((source) => Buffer.from(source));
  return (record) => {
    const source = record.headers[ANNOTATION.messageSource];
    return source !== undefined && wanted.some((candidate) => candidate.equals(source));
  };
}
