import { Counter, type Metrics } from '@mooring/observability';

/** What the service front counts. */
export class ServiceAmqpMetrics {
  readonly links: Counter<'link' | 'outcome'>;
  readonly feedback: Counter<'outcome'>;

  constructor(registry: Metrics) {
    const registers = [registry];
    this.links = new Counter({
      name: 'mooring_api_service_links_total',
      help: 'Links that back ends asked for over AMQP: attached, redirected, or the error that refused them.',
      labelNames: ['link', 'outcome'],
      registers,
    });
    this.feedback = new Counter({
      name: 'mooring_api_feedback_batches_total',
      help: 'Batches of feedback by what their receivers decided, or lost if they decided too late.',
      labelNames: ['outcome'],
      registers,
    });
  }
}
