import { c2dqueue } from '@mooring/proto';
import type { DeviceIdentity } from '../../device-session/device-identity.js';

const ACK: Readonly<Partial<Record<c2dqueue.Ack, string>>> = {
  [c2dqueue.Ack.NONE]: 'none',
  [c2dqueue.Ack.POSITIVE]: 'positive',
  [c2dqueue.Ack.NEGATIVE]: 'negative',
  [c2dqueue.Ack.FULL]: 'full',
};

/**
 * The topic that a message goes to its receiver on, with its properties: keys and values percent-encoded (`$` too), system
 * properties first, and each with a value, because some SDKs read only this shape. So an application property with an empty
 * value, or without a name, is left out.
 */
export function deviceboundTopic(identity: DeviceIdentity, message: c2dqueue.Message): string {
  const { deviceId, moduleId } = identity;
  const own = `devices/${deviceId}${moduleId === '' ? '' : `/modules/${moduleId}`}`;
  let topic = `${own}/messages/devicebound/%24.to=${encode(`/${own}/messages/deviceBound`)}`;
  topic += property('%24.mid', message.messageId);
  topic += property('%24.cid', message.correlationId);
  topic += property('%24.uid', message.userId);
  topic += property('%24.ct', message.contentType);
  topic += property('%24.ce', message.contentEncoding);
  topic += property('%24.exp', message.expiryTimeMs === 0 ? '' : new Date(message.expiryTimeMs).toISOString());
  topic += property('iothub-ack', ACK[message.ack] ?? '');
  for (const { name, value } of message.properties) {
    topic += property(encode(name), value);
  }
  return topic;
}

function property(key: string, value: string): string {
  return key === '' || value === '' ? '' : `&${key}=${encode(value)}`;
}

/** Space as `%20` and plus as `%2B`, so that it does not matter whether a reader takes a plus for a space. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
