import { AmqpWriter } from '@mooring/amqp';
import type { c2dqueue } from '@mooring/proto';
import { FEEDBACK_CONTENT_TYPE, feedbackText } from '../../mapping/feedback.js';

const MESSAGE_ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const DATA = 0x75;

const ENQUEUED_TIME = Buffer.from('iothub-enqueuedtime');
const CONTENT_TYPE = Buffer.from(FEEDBACK_CONTENT_TYPE);
/** Fields of the properties section up to content-type: message-id, user-id, to, subject, reply-to, correlation-id. */
const PROPERTY_COUNT = 7;

const writer = new AmqpWriter();

/** A batch of feedback as an AMQP message. */
export function encodeFeedback(batch: c2dqueue.ReceiveFeedbackResponse, hubName: string): Buffer {
  const body = Buffer.from(feedbackText(batch.records), 'utf8');
  writer.reset();
  writer.descriptor(MESSAGE_ANNOTATIONS);
  const annotations = writer.begin('map');
  writer.symbol(ENQUEUED_TIME);
  writer.timestamp(batch.enqueuedTimeMs);
  writer.end(annotations, 2);
  writer.descriptor(PROPERTIES);
  const properties = writer.begin('list');
  writer.null();
  writer.binary(Buffer.from(hubName, 'utf8'));
  for (let field = 2; field < PROPERTY_COUNT - 1; field++) {
    writer.null();
  }
  writer.symbol(CONTENT_TYPE);
  writer.end(properties, PROPERTY_COUNT);
  writer.descriptor(DATA);
  writer.binaryHead(body.length);
  return writer.finish(body);
}
