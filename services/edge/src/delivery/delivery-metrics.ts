import { Counter, Gauge, type Metrics } from '@mooring/observability';
import { c2dqueue, edge } from '@mooring/proto';
import type { CallOutcome } from '../methods/method-calls.js';
import type { ReplyOutcome } from '../methods/method-replies.js';
import type { TwinOperation } from '../twins/twins.js';

const PUSH_OUTCOME: Readonly<Record<edge.Delivery, string>> = {
  [edge.Delivery.DELIVERED]: 'delivered',
  [edge.Delivery.NOT_SUBSCRIBED]: 'not-subscribed',
  [edge.Delivery.NOT_CONNECTED]: 'not-connected',
  [edge.Delivery.UNSPECIFIED]: 'unknown',
};

const SETTLED: Readonly<Partial<Record<c2dqueue.Outcome, string>>> = {
  [c2dqueue.Outcome.COMPLETE]: 'completed',
  [c2dqueue.Outcome.REJECT]: 'rejected',
  [c2dqueue.Outcome.ABANDON]: 'abandoned',
};

/** What an edge counts of twins, methods and cloud-to-device messages. */
export class DeliveryMetrics {
  private readonly operations: Counter<'operation' | 'status'>;
  private readonly pushes: Counter<'outcome'>;
  private readonly calls: Counter<'outcome'>;
  private readonly replies: Counter<'outcome'>;
  private readonly messages: Counter<'outcome'>;

  constructor(metrics: Metrics, waitingCalls: () => number) {
    const registers = [metrics];
    this.operations = new Counter({
      name: 'mooring_edge_twin_operations_total',
      help: 'What devices asked of their twins, by the status they were answered.',
      labelNames: ['operation', 'status'],
      registers,
    });
    const byOutcome = (what: string, help: string) =>
      new Counter({ name: `mooring_edge_${what}_total`, help, labelNames: ['outcome'], registers });
    this.pushes = byOutcome('desired_pushes', 'Desired changes for devices, by what came of them.');
    this.calls = byOutcome('method_calls', 'Method calls for devices, by how they ended.');
    this.replies = byOutcome('method_replies', 'Answers of devices to method calls, by what became of them.');
    this.messages = byOutcome('device_messages', 'Cloud-to-device messages, delivered and settled.');
    new Gauge({
      name: 'mooring_edge_method_calls_waiting',
      help: 'Method calls that devices have not answered yet.',
      registers,
      collect() {
        this.set(waitingCalls());
      },
    });
  }

  countTwinOperation(operation: TwinOperation, status: number): void {
    this.operations.inc({ operation, status });
  }

  countPush(delivery: edge.Delivery): void {
    this.pushes.inc({ outcome: PUSH_OUTCOME[delivery] });
  }

  countCall(outcome: CallOutcome): void {
    this.calls.inc({ outcome });
  }

  countReply(outcome: ReplyOutcome): void {
    this.replies.inc({ outcome });
  }

  countMessage(outcome: 'delivered' | 'undeliverable' | 'settlement-lost'): void {
    this.messages.inc({ outcome });
  }

  countSettled(outcome: c2dqueue.Outcome): void {
    this.messages.inc({ outcome: SETTLED[outcome] ?? 'unknown' });
  }
}
