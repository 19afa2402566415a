import { isHubError } from '@mooring/errors';
import { Counter, Gauge, type Metrics } from '@mooring/observability';
import type { Ending } from './queue/queue-head.js';

/** What c2d-queue measures. */
export class C2dQueueMetrics {
  private readonly calls: Counter<'operation' | 'outcome'>;
  private readonly enqueued: Counter;
  private readonly deliveries: Counter;
  private readonly endings: Counter<'ending'>;
  private readonly hints: Counter<'outcome'>;
  private readonly feedback: Counter<'outcome'>;

  /** @param pending queues whose feedback is on its way, or just told */
  constructor(registry: Metrics, pending: () => number) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'mooring_c2d_queue_calls_total',
      help: 'Calls of the c2d-queue contract, by operation and outcome (ok, or the name of the error).',
      labelNames: ['operation', 'outcome'],
      registers,
    });
    this.enqueued = new Counter({
      name: 'mooring_c2d_queue_messages_enqueued_total',
      help: 'Cloud-to-device messages accepted.',
      registers,
    });
    this.deliveries = new Counter({
      name: 'mooring_c2d_queue_messages_delivered_total',
      help: 'Cloud-to-device messages given to receivers, each time.',
      registers,
    });
    this.endings = new Counter({
      name: 'mooring_c2d_queue_messages_ended_total',
      help: 'Cloud-to-device messages that left their queue, by the status code of feedback.',
      labelNames: ['ending'],
      registers,
    });
    this.hints = new Counter({
      name: 'mooring_c2d_queue_hints_total',
      help: 'Hints at queued messages: sent to an edge, for a device that is offline, or failed and tried again.',
      labelNames: ['outcome'],
      registers,
    });
    this.feedback = new Counter({
      name: 'mooring_c2d_queue_feedback_records_total',
      help: 'Feedback on messages: kept, settled by a back end, expired, or exceeded (delivered too often).',
      labelNames: ['outcome'],
      registers,
    });
    new Gauge({
      name: 'mooring_c2d_queue_pending_queues',
      help: 'Queues with feedback that is on its way, or just there.',
      registers,
      collect() {
        this.set(pending());
      },
    });
  }

  callEnded(operation: string, error?: unknown): void {
    this.calls.inc({
      operation,
      outcome: error === undefined ? 'ok' : isHubError(error) ? error.error : 'ServerError',
    });
  }

  messageEnqueued(): void {
    this.enqueued.inc();
  }

  delivered(messages: number): void {
    this.deliveries.inc(messages);
  }

  messageEnded(ending: Ending): void {
    this.endings.inc({ ending });
  }

  hinted(outcome: 'sent' | 'offline' | 'failed', queues: number): void {
    this.hints.inc({ outcome }, queues);
  }

  feedbackRecords(outcome: 'kept' | 'settled' | 'expired' | 'exceeded', records: number): void {
    this.feedback.inc({ outcome }, records);
  }
}
