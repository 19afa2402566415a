import { type IncomingDelivery, ReceivedMessage } from '@mooring/amqp';
import { HubError } from '@mooring/errors';

/** Message-format of a batch, each of whose data sections holds an encoded message. */
const BATCH_FORMAT = 0x8001_3700;
/** What there is of a record beyond the bytes of its message is not free. */
const MAX_BATCH = 4_096;

/**
 * The messages of a delivery: one, or those of a batch.
 *
 * @throws HubError `ArgumentInvalid` unless all are well formed
 */
export function readTelemetry({ format, payload }: Pick<IncomingDelivery, 'format' | 'payload'>): ReceivedMessage[] {
  const message = ReceivedMessage.read(payload);
  if (format === 0) {
    return [message];
  }
  if (format !== BATCH_FORMAT) {
    throw new HubError('ArgumentInvalid', 'This message-format is not taken.');
  }
  const parts = message.dataSections();
  if (parts.length === 0 || parts.length > MAX_BATCH) {
    throw new HubError('ArgumentInvalid', `A batch has 1 to ${MAX_BATCH} messages.`);
  }
  return parts.map((part) => ReceivedMessage.read(part));
}
