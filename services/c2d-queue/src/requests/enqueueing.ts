import { randomBytes } from 'node:crypto';
import type { Clock } from '@mooring/clock';
import { keyOfName } from '@mooring/credentials';
import { isHubError } from '@mooring/errors';
import { c2dqueue, type identity } from '@mooring/proto';
import { MAX_INLINE_BYTES } from '../limits.js';
import type { C2dQueueMetrics } from '../metrics.js';
import { identityName } from '../queue/identity-name.js';
import type { BodyStore } from '../store/body-store.js';
import type { HeadStore } from '../store/head-store.js';
import type { OperationReports } from '../telling/operation-reports.js';
import type { CurrentIdentities } from './current-identities.js';
import { acceptable } from './message-rules.js';
import { toldError } from './told-error.js';

const ID_BYTES = 12;

export interface EnqueueingOptions {
  readonly heads: HeadStore;
  readonly bodies: BodyStore;
  readonly identities: CurrentIdentities;
  readonly reports: OperationReports;
  readonly metrics: C2dQueueMetrics;
  readonly clock: Clock;
  readonly timeToLiveMs: number;
}

/** Takes messages of back ends. */
export class Enqueueing {
  constructor(private readonly options: EnqueueingOptions) {}

  async enqueue({ key, message }: c2dqueue.EnqueueRequest): Promise<c2dqueue.EnqueueResponse> {
    try {
      await this.accept(key, message);
      this.options.metrics.messageEnqueued();
      return {};
    } catch (error) {
      const told = toldError(error);
      if (isHubError(told)) {
        this.options.reports.refused(key, told);
      }
      throw told;
    }
  }

  /** A content of its own is written while the identity is asked for, so that the queue is all that is written afterwards. */
  private async accept(key: identity.IdentityKey | undefined, given: c2dqueue.Message | undefined): Promise<void> {
    const { heads, bodies, identities, clock, timeToLiveMs } = this.options;
    const name = identityName(key);
    const { message, ack, size } = acceptable(given, { now: clock.now(), timeToLiveMs });
    const id = newId(clock.now());
    const content = size <= MAX_INLINE_BYTES ? c2dqueue.Message.encode(message).finish() : undefined;
    const [generation, written] = await Promise.allSettled([
      identities.generation(keyOfName(name)),
      content ?? bodies.write(id, message),
      heads.warm(name),
    ]);
    try {
      const { expiryTimeMs: expiryTime, messageId } = message;
      const entry = { generation: fulfilled(generation), id, size, content, expiryTime, ack };
      fulfilled(written);
      await heads.change(name, (queue) => queue.enqueue({ ...entry, messageId: ack === 'none' ? '' : messageId }));
    } catch (error) {
      if (content === undefined && isHubError(error)) {
        // It is certain that no queue holds the message.
        bodies.remove(id);
      }
      throw error;
    }
  }
}

/** Begins with the time, so that contents that come together lie together. */
function newId(now: number): string {
  return `${now.toString(36)}${randomBytes(ID_BYTES).toString('base64url')}`;
}

function fulfilled<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') {
    throw result.reason;
  }
  return result.value;
}
