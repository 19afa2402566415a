import { Counter, Gauge, type Metrics } from '@mooring/observability';

/** What an AMQP server counts. */
export class AmqpMetrics {
  readonly connections: Gauge;
  readonly links: Gauge;
  readonly violations: Counter<'reason'>;
  readonly linksRefused: Counter<'condition'>;
  readonly framesSent: Counter;

  constructor(registry: Metrics) {
    const registers = [registry];
    this.connections = new Gauge({ name: 'mooring_amqp_connections', help: 'Open AMQP connections.', registers });
    this.links = new Gauge({ name: 'mooring_amqp_links', help: 'Links asked for or attached.', registers });
    this.violations = new Counter({
      name: 'mooring_amqp_violations_total',
      help: 'AMQP connections closed because their peer broke the protocol or a limit.',
      labelNames: ['reason'],
      registers,
    });
    this.linksRefused = new Counter({
      name: 'mooring_amqp_links_refused_total',
      help: 'Links refused, by the condition that the client was told.',
      labelNames: ['condition'],
      registers,
    });
    this.framesSent = new Counter({ name: 'mooring_amqp_frames_sent_total', help: 'AMQP frames written.', registers });
  }
}
