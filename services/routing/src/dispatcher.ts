import type { EventLog, StoredRecord, Subscription } from '@mooring/event-log';
import { Counter, type Metrics, type Tracing } from '@mooring/observability';
import type { Endpoint } from './domain/endpoint.js';
import type { Route } from './domain/route.js';
import { deliverTraced } from './traced-delivery.js';

export interface DispatcherOptions {
  readonly log: EventLog;
  readonly metrics: Metrics;
  /** Undefined if nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Topic that is routed. */
  readonly ingress: string;
  /** Prefix of the consumer groups' names. */
  readonly groupPrefix: string;
}

/** At most so many records are held per partition and endpoint while they are delivered. */
const MAX_RECORDS = 1_000;

/** Reads ingress once per endpoint and hands each the messages that its routes take; commits what was delivered. */
export class Dispatcher {
  private readonly subscriptions: Subscription[] = [];
  private readonly routed: Counter<'endpoint'>;
  private readonly dropped: Counter<'endpoint'>;

  constructor(private readonly options: DispatcherOptions) {
    const registers = [options.metrics];
    this.routed = new Counter({
      name: 'mooring_routing_messages_total',
      help: 'Messages delivered to an endpoint.',
      labelNames: ['endpoint'],
      registers,
    });
    this.dropped = new Counter({
      name: 'mooring_routing_unrouted_messages_total',
      help: 'Messages that no route of an endpoint took.',
      labelNames: ['endpoint'],
      registers,
    });
  }

  /** Starts to feed an endpoint with what any of its routes takes, from the first message that its group has not had. */
  async feed(endpoint: Endpoint, routes: readonly Route[]): Promise<void> {
    const routed = this.routed.labels(endpoint.name);
    const dropped = this.dropped.labels(endpoint.name);
    const { tracing } = this.options;
    const group = `${this.options.groupPrefix}.${endpoint.name}`;
    const takes = (record: StoredRecord): boolean => routes.some((route) => route(record));
    const subscription = await this.options.log.consume(
      {
        topic: this.options.ingress,
        group,
        from: 'earliest',
        maxRecords: MAX_RECORDS,
      },
      async (records) => {
        const taken = records.filter(takes);
        if (taken.length > 0) {
          await (tracing === undefined ? endpoint.deliver(taken) : deliverTraced(endpoint, taken, { tracing, group }));
        }
        routed.inc(taken.length);
        dropped.inc(records.length - taken.length);
      },
    );
    this.subscriptions.push(subscription);
  }

  /** Ends all reading; what is being delivered is finished and committed first. */
  async close(): Promise<void> {
    await Promise.all(this.subscriptions.splice(0).map((subscription) => subscription.close()));
  }
}
