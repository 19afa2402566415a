import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';

/** The queue service as a test wants it: it takes everything, and gives the feedback that the test has put in. */
export class FakeQueue implements Pick<c2dqueue.C2dQueueService, 'enqueue' | 'receiveFeedback' | 'settleFeedback'> {
  readonly enqueued: c2dqueue.EnqueueRequest[] = [];
  readonly settled: { token: string; outcome: c2dqueue.Outcome }[] = [];
  /** How often feedback was asked for. */
  polls = 0;
  readonly feedback: c2dqueue.ReceiveFeedbackResponse[] = [];
  /** Called before a message is stored; rejects to refuse it. */
  admit: (request: c2dqueue.EnqueueRequest) => Promise<void> = async () => undefined;
  /** Tokens of locks that have ended. */
  readonly lost = new Set<string>();

  async enqueue(request: c2dqueue.EnqueueRequest): Promise<c2dqueue.EnqueueResponse> {
    await this.admit(request);
    // Read as the service of another process would read it.
    this.enqueued.push(c2dqueue.EnqueueRequest.decode(c2dqueue.EnqueueRequest.encode(request).finish()));
    return {};
  }

  async receiveFeedback(): Promise<c2dqueue.ReceiveFeedbackResponse> {
    this.polls++;
    return this.feedback.shift() ?? c2dqueue.ReceiveFeedbackResponse.fromPartial({});
  }

  async settleFeedback({ lockToken, outcome }: c2dqueue.SettleFeedbackRequest): Promise<object> {
    const token = lockToken.toString('hex');
    this.settled.push({ token, outcome });
    if (this.lost.has(token)) {
      throw new HubError('DeviceMessageLockLost', 'The lock has ended.');
    }
    return {};
  }

  /** Puts a batch in. @returns its lock token, in hexadecimal */
  addFeedback(...records: readonly Partial<c2dqueue.FeedbackRecord>[]): string {
    const lockToken = Buffer.alloc(16, this.polls + this.feedback.length + 1);
    this.feedback.push(
      c2dqueue.ReceiveFeedbackResponse.fromPartial({
        lockToken,
        enqueuedTimeMs: 1_750_000_000_123,
        records: [...records],
      }),
    );
    return lockToken.toString('hex');
  }
}
