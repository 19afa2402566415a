import type { c2dqueue } from '@mooring/proto';
import type { FeedbackQueue } from './feedback/feedback-queue.js';
import type { C2dQueueMetrics } from './metrics.js';
import type { Counting } from './requests/counting.js';
import type { Enqueueing } from './requests/enqueueing.js';
import type { Receiving } from './requests/receiving.js';
import type { Settling } from './requests/settling.js';
import { toldError } from './requests/told-error.js';

export interface C2dQueueParts {
  readonly enqueueing: Enqueueing;
  readonly receiving: Receiving;
  readonly settling: Settling;
  readonly counting: Counting;
  readonly feedback: FeedbackQueue;
  readonly metrics: C2dQueueMetrics;
}

/** The contract as one: counts every call, and tells an absent store in the contract's own words. */
export class C2dQueueServer implements c2dqueue.C2dQueueService {
  constructor(private readonly parts: C2dQueueParts) {}

  enqueue(request: c2dqueue.EnqueueRequest): Promise<c2dqueue.EnqueueResponse> {
    return this.observed('Enqueue', () => this.parts.enqueueing.enqueue(request));
  }

  purge(request: c2dqueue.PurgeRequest): Promise<c2dqueue.PurgeResponse> {
    return this.observed('Purge', () => this.parts.counting.purge(request));
  }

  count(request: c2dqueue.CountRequest): Promise<c2dqueue.CountResponse> {
    return this.observed('Count', () => this.parts.counting.count(request));
  }

  receiveFeedback(request: c2dqueue.ReceiveFeedbackRequest): Promise<c2dqueue.ReceiveFeedbackResponse> {
    return this.observed('ReceiveFeedback', () => this.parts.feedback.receive(request));
  }

  settleFeedback(request: c2dqueue.SettleFeedbackRequest): Promise<c2dqueue.SettleFeedbackResponse> {
    return this.observed('SettleFeedback', () => this.parts.feedback.settle(request));
  }

  receive(request: c2dqueue.ReceiveRequest): Promise<c2dqueue.ReceiveResponse> {
    return this.observed('Receive', () => this.parts.receiving.receive(request));
  }

  settle(request: c2dqueue.SettleRequest): Promise<c2dqueue.SettleResponse> {
    return this.observed('Settle', () => this.parts.settling.settle(request));
  }

  detach(request: c2dqueue.DetachRequest): Promise<c2dqueue.DetachResponse> {
    return this.observed('Detach', () => this.parts.settling.detach(request));
  }

  private async observed<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      this.parts.metrics.callEnded(operation);
      return answer;
    } catch (error) {
      const told = toldError(error);
      this.parts.metrics.callEnded(operation, told);
      throw told;
    }
  }
}
