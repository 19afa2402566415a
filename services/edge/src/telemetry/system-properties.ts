import { ANNOTATION, PROPERTY } from '@mooring/messages';

/**
 * Headers of the system properties that a sender may set, by their key on the wire without `$.`. What a gateway would say of
 * another device (`cdid`, `cmid`) is not among them: the hub alone stamps who sent a message.
 */
const HEADER_BY_KEY: ReadonlyMap<string, string> = new Map([
  ['mid', PROPERTY.messageId],
  ['cid', PROPERTY.correlationId],
  ['uid', PROPERTY.userId],
  ['to', PROPERTY.to],
  ['exp', PROPERTY.absoluteExpiryTime],
  ['ct', PROPERTY.contentType],
  ['ce', PROPERTY.contentEncoding],
  ['ctime', 'iothub-creation-time-utc'],
  ['on', 'iothub-outputname'],
  ['ifid', ANNOTATION.interfaceId],
  ['sub', ANNOTATION.subject],
  ['schema', 'iothub-message-schema'],
  ['diagid', ANNOTATION.diagnosticId],
  ['diagctx', ANNOTATION.correlationContext],
]);

const SYSTEM_PREFIX = '$.';

export function isSystemProperty(key: string): boolean {
  return key.startsWith(SYSTEM_PREFIX);
}

/** The header that holds a system property; undefined for one that is not kept. */
export function systemPropertyHeader(key: string): string | undefined {
  return HEADER_BY_KEY.get(key.slice(SYSTEM_PREFIX.length));
}
