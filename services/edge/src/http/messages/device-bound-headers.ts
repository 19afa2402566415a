import { lockTokenToText } from '@mooring/messages';
import { c2dqueue } from '@mooring/proto';
import type { DeviceIdentity } from '../../device-session/device-identity.js';
import { headerValue, isHeaderName } from '../request/header-text.js';

const ACK: Readonly<Partial<Record<c2dqueue.Ack, string>>> = {
  [c2dqueue.Ack.NONE]: 'none',
  [c2dqueue.Ack.POSITIVE]: 'positive',
  [c2dqueue.Ack.NEGATIVE]: 'negative',
  [c2dqueue.Ack.FULL]: 'full',
};

/**
 * The headers that a message is answered with, names and values in turn; the names of application properties keep their case.
 * Undefined for a message with properties that no header can hold.
 */
export function deviceBoundHeaders(
  { deviceId, moduleId }: DeviceIdentity,
  received: c2dqueue.ReceivedMessage & { readonly message: c2dqueue.Message },
): string[] | undefined {
  const { message, lockToken, sequenceNumber, deliveryCount, enqueuedTimeMs } = received;
  const own = `/devices/${deviceId}${moduleId === '' ? '' : `/modules/${moduleId}`}`;
  const headers: [name: string, text: string][] = [
    ['ETag', `"${lockTokenToText(lockToken)}"`],
    ['iothub-messageid', message.messageId],
    ['iothub-correlationid', message.correlationId],
    ['iothub-sequencenumber', String(sequenceNumber)],
    ['iothub-to', `${own}/messages/deviceBound`],
    ['iothub-userid', message.userId],
    ['iothub-ack', ACK[message.ack] ?? ''],
    ['iothub-expiry', message.expiryTimeMs === 0 ? '' : new Date(message.expiryTimeMs).toISOString()],
    ['iothub-deliverycount', String(deliveryCount)],
    ['iothub-enqueuedtime', new Date(enqueuedTimeMs).toISOString()],
    // Java reads these,
    ['iothub-contenttype', message.contentType],
    ['iothub-contentencoding', message.contentEncoding],
    // and C these.
    ['ContentType', message.contentType],
    ['ContentEncoding', message.contentEncoding],
  ];
  const given = headers.filter(([, text]) => text !== '');
  const all = [...given, ...message.properties.map(({ name, value }) => [`iothub-app-${name}`, value] as const)];
  const pairs = all.map(([name, text]) => ({ name, value: isHeaderName(name) ? headerValue(text) : undefined }));
  const flat = pairs.flatMap(({ name, value }) => (value === undefined ? [] : [name, value]));
  return flat.length === 2 * pairs.length ? flat : undefined;
}
