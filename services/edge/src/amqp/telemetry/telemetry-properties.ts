import { type PropertyName, type ReceivedMessage, textOf } from '@mooring/amqp';
import { ANNOTATION, applicationPropertyHeader, type MutableHeaders, PROPERTY } from '@mooring/messages';

/** Headers of what a device may say in the properties section of a message. */
const PROPERTIES: readonly (readonly [property: PropertyName, header: string])[] = [
  ['messageId', PROPERTY.messageId],
  ['correlationId', PROPERTY.correlationId],
  ['userId', PROPERTY.userId],
  ['to', PROPERTY.to],
  ['contentType', PROPERTY.contentType],
  ['contentEncoding', PROPERTY.contentEncoding],
  ['absoluteExpiryTime', PROPERTY.absoluteExpiryTime],
  ['creationTime', 'iothub-creation-time-utc'],
];

/** Annotations that are a device's to set; the others are the hub's. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ANNOTATION.interfaceId,
  ANNOTATION.subject,
  ANNOTATION.diagnosticId,
  ANNOTATION.correlationContext,
]);

/**
 * Adds what a message says of itself to its headers. Of a name that is there twice, the last counts; a null says nothing.
 *
 * @throws HubError `ArgumentInvalid` if a value is none that a text can stand for
 */
export function addTelemetryProperties(message: ReceivedMessage, headers: MutableHeaders): void {
  for (const [property, header] of PROPERTIES) {
    const value = message.property(property);
    if (value !== undefined) {
      headers[header] = textOf(value, `The property ${property}`);
    }
  }
  for (const [name, value] of message.annotations()) {
    if (ANNOTATIONS.has(name) && value?.kind !== 'null') {
      headers[name] = textOf(value, `The annotation ${name}`);
    }
  }
  for (const [name, value] of message.applicationProperties()) {
    if (value?.kind !== 'null') {
      headers[applicationPropertyHeader(name)] = textOf(value, `The application property ${name}`);
    }
  }
}
