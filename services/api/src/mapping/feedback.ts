import type { c2dqueue } from '@mooring/proto';
import { z } from 'zod';
import { isoTime } from './schema-parts.js';

export const FEEDBACK_CONTENT_TYPE = 'application/vnd.microsoft.iothub.feedback.json';

/** What became of one message that asked for it. */
export const feedbackRecordSchema = z.object({
  originalMessageId: z.string(),
  enqueuedTimeUtc: z.string(),
  statusCode: z.enum(['Success', 'Expired', 'DeliveryCountExceeded', 'Rejected', 'Purged']),
  description: z.string(),
  deviceId: z.string(),
  moduleId: z.string().optional(),
  deviceGenerationId: z.string(),
});

/** JSON text of a batch of feedback, the same over HTTP and AMQP. */
export function feedbackText(records: readonly c2dqueue.FeedbackRecord[]): string {
  return JSON.stringify(records.map(feedbackToJson));
}

function feedbackToJson(record: c2dqueue.FeedbackRecord) {
  const { originalMessageId, statusCode, description, deviceId, moduleId, deviceGenerationId } = record;
  return {
    originalMessageId,
    enqueuedTimeUtc: isoTime(record.enqueuedTimeMs),
    statusCode,
    description,
    deviceId,
    ...(moduleId === '' ? {} : { moduleId }),
    deviceGenerationId,
  };
}
