import {
  type IncomingDelivery,
  isMeantForClients,
  ReceivedMessage,
  type TargetEndpoint,
  toAmqpError,
} from '@mooring/amqp';
import { HubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import type { c2dqueue, identity } from '@mooring/proto';
import { type DailyQuota, meteredMessages, type Throttles } from '@mooring/throttling';
import { destinationOf } from './destination.js';
import { messageOf } from './message-of.js';

/** Messages that a client may have under way on one link. */
const CREDIT = 100;
/**
 * 64 KiB, and room for what frames it: the queue measures exactly, and refuses a message that is a little too large by itself.
 * One beyond this ends its link.
 */
const MAX_MESSAGE_BYTES = 72 * 1024;
/** As one of those that a limit is shared by fairly: all links of back ends are one. */
const SENDER = 'back ends over AMQP';

export interface DeviceBoundLinkOptions {
  readonly c2dQueue: Pick<c2dqueue.C2dQueueService, 'enqueue'>;
  /** Undefined if there is no daily quota. */
  readonly quota?: DailyQuota | undefined;
  /** Undefined if nothing is throttled. */
  readonly throttles?: Throttles | undefined;
  readonly logger: Logger;
}

/**
 * The hub's end of a link on which a back end sends messages to devices. Messages to one device are stored one after the other,
 * in the order sent; those to different devices at the same time.
 */
export class DeviceBoundLink implements TargetEndpoint {
  readonly kind = 'target';
  readonly credit = CREDIT;
  readonly maxMessageBytes = MAX_MESSAGE_BYTES;
  /** By device: resolves when what was sent to it so far is decided. */
  private readonly lanes = new Map<string, Promise<void>>();

  constructor(private readonly options: DeviceBoundLinkOptions) {}

  opened(): void {
    // Credit is the engine's to give.
  }

  received(delivery: IncomingDelivery): void {
    try {
      const message = readMessage(delivery);
      const key = destinationOf(message.property('to'));
      this.queue(`${key.deviceId}/${key.moduleId}`, () => this.enqueue(delivery, key, message));
    } catch (error) {
      this.refuse(delivery, error);
    }
  }

  closed(): void {
    // What was received is stored all the same: the client may have sent it settled.
  }

  private queue(lane: string, action: () => Promise<void>): void {
    const done = (this.lanes.get(lane) ?? Promise.resolve()).then(action).finally(() => {
      if (this.lanes.get(lane) === done) {
        this.lanes.delete(lane);
      }
    });
    this.lanes.set(lane, done);
  }

  private async enqueue(
    delivery: IncomingDelivery,
    key: identity.IdentityKey,
    message: ReceivedMessage,
  ): Promise<void> {
    try {
      await this.options.throttles?.get('c2d-sends').admit(SENDER);
      const queued = messageOf(message);
      this.options.quota?.admit(meteredMessages(queued.body.length));
      await this.options.c2dQueue.enqueue({ key, message: queued });
      delivery.accept();
    } catch (error) {
      this.refuse(delivery, error);
    }
  }

  /** Rejected with its reason, always: to Node's client a message that is released, or rejected without one, was sent. */
  private refuse(delivery: IncomingDelivery, error: unknown): void {
    const told = toAmqpError(error);
    if (!isMeantForClients(error)) {
      const trackingId = told.info['com.microsoft:tracking-id'];
      this.options.logger.error({ err: error, trackingId }, 'A message to a device could not be taken');
    }
    delivery.reject(told);
  }
}

function readMessage({ format, payload }: IncomingDelivery): ReceivedMessage {
  if (format !== 0) {
    throw new HubError('ArgumentInvalid', 'Messages to devices are sent one by one: this message-format is not taken.');
  }
  return ReceivedMessage.read(payload);
}
