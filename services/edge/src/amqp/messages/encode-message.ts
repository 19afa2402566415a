import { AmqpWriter } from '@mooring/amqp';
import { c2dqueue } from '@mooring/proto';
import type { DeviceIdentity } from '../../device-session/device-identity.js';
import { SECTION } from '../section.js';

const SEQUENCE_NUMBER = Buffer.from('x-opt-sequence-number');
const ENQUEUED_TIME = Buffer.from('iothub-enqueuedtime');
const DELIVERY_COUNT = Buffer.from('iothub-deliverycount');
const ACK_NAME = Buffer.from('iothub-ack');

const ACKS: Readonly<Partial<Record<c2dqueue.Ack, Buffer>>> = {
  [c2dqueue.Ack.NONE]: Buffer.from('none'),
  [c2dqueue.Ack.POSITIVE]: Buffer.from('positive'),
  [c2dqueue.Ack.NEGATIVE]: Buffer.from('negative'),
  [c2dqueue.Ack.FULL]: Buffer.from('full'),
};

const writer = new AmqpWriter();

/** A cloud-to-device message as its device receives it; its lock token goes as the delivery's tag. */
export function encodeMessage(received: c2dqueue.ReceivedMessage, identity: DeviceIdentity): Buffer {
  const message = received.message ?? c2dqueue.Message.fromPartial({});
  writer.reset();
  writer.descriptor(SECTION.annotations);
  const annotations = writer.begin('map');
  writer.symbol(SEQUENCE_NUMBER);
  writer.long(received.sequenceNumber);
  writer.symbol(ENQUEUED_TIME);
  writer.timestamp(received.enqueuedTimeMs);
  writer.symbol(DELIVERY_COUNT);
  writer.int(received.deliveryCount);
  writer.end(annotations, 6);
  writeProperties(message, identity);
  writeApplicationProperties(message);
  writer.descriptor(SECTION.data);
  writer.binaryHead(message.body.length);
  return writer.finish(Buffer.from(message.body));
}

function writeProperties(message: c2dqueue.Message, { deviceId, moduleId }: DeviceIdentity): void {
  const own = `/devices/${deviceId}${moduleId === '' ? '' : `/modules/${moduleId}`}`;
  writer.descriptor(SECTION.properties);
  const list = writer.begin('list');
  optional('string', message.messageId);
  optional('binary', message.userId);
  writer.string(Buffer.from(`${own}/messages/deviceBound`));
  writer.null(); // subject
  writer.null(); // reply-to
  optional('string', message.correlationId);
  optional('symbol', message.contentType);
  optional('symbol', message.contentEncoding);
  if (message.expiryTimeMs === 0) {
    writer.null();
  } else {
    writer.timestamp(message.expiryTimeMs);
  }
  writer.end(list, 9);
}

function writeApplicationProperties({ ack: asked, properties }: c2dqueue.Message): void {
  const ack = ACKS[asked];
  const count = properties.length + (ack === undefined ? 0 : 1);
  if (count === 0) {
    return;
  }
  writer.descriptor(SECTION.applicationProperties);
  const map = writer.begin('map');
  if (ack !== undefined) {
    writer.string(ACK_NAME);
    writer.string(ack);
  }
  for (const { name, value } of properties) {
    writer.string(Buffer.from(name));
    writer.string(Buffer.from(value));
  }
  writer.end(map, count * 2);
}

function optional(kind: 'string' | 'symbol' | 'binary', text: string): void {
  if (text === '') {
    writer.null();
  } else {
    writer[kind](Buffer.from(text));
  }
}
