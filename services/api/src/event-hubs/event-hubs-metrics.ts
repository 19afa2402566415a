import { Counter, Gauge, type Metrics } from '@mooring/observability';

/** What the Event Hubs-compatible reader counts. */
export class EventHubsMetrics {
  readonly receivers: Gauge;
  readonly events: Counter;
  readonly bytes: Counter;

  constructor(registry: Metrics) {
    const registers = [registry];
    this.receivers = new Gauge({
      name: 'mooring_api_event_receivers',
      help: 'Receivers attached to partitions of the built-in endpoint.',
      registers,
    });
    this.events = new Counter({
      name: 'mooring_api_events_sent_total',
      help: 'Events sent to receivers of the built-in endpoint.',
      registers,
    });
    this.bytes = new Counter({
      name: 'mooring_api_events_sent_bytes_total',
      help: 'Encoded size of the events sent to receivers of the built-in endpoint.',
      registers,
    });
  }
}
