import { status } from '@grpc/grpc-js';
import { Counter, Gauge, Histogram, type Metrics } from '@mooring/observability';
import type { Method } from './contract-definition.js';

type Side = 'client' | 'server';

/** Counts the calls of one method. */
export interface MethodMetrics {
  begin(): void;
  end(code: status, durationMs: number): void;
}

/** Counts calls. There is one for each registry and side, however many clients and servers a process has. */
export class RpcMetrics {
  private static readonly made = {
    client: new WeakMap<Metrics, RpcMetrics>(),
    server: new WeakMap<Metrics, RpcMetrics>(),
  };
  private readonly calls: Counter<'service' | 'method' | 'code'>;
  private readonly durations: Histogram<'service' | 'method'>;
  private readonly inProgress: Gauge<'service'>;

  private constructor(side: Side, metrics: Metrics) {
    const registers = [metrics];
    const kind = side === 'client' ? 'made to' : 'served for';
    this.calls = new Counter({
      name: `mooring_rpc_${side}_calls_total`,
      help: `Calls ${kind} other services that ended, by gRPC status.`,
      labelNames: ['service', 'method', 'code'],
      registers,
    });
    this.durations = new Histogram({
      name: `mooring_rpc_${side}_call_duration_seconds`,
      help: `Time that calls ${kind} other services took.`,
      labelNames: ['service', 'method'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.inProgress = new Gauge({
      name: `mooring_rpc_${side}_calls_in_progress`,
      help: `Calls ${kind} other services that have not ended.`,
      labelNames: ['service'],
      registers,
    });
  }

  static of(side: Side, metrics: Metrics): RpcMetrics {
    const made = RpcMetrics.made[side];
    const existing = made.get(metrics) ?? new RpcMetrics(side, metrics);
    made.set(metrics, existing);
    return existing;
  }

  forMethod({ service, name: method }: Method): MethodMetrics {
    const duration = this.durations.labels({ service, method });
    const inProgress = this.inProgress.labels({ service });
    const byCode = new Map<status, { inc(): void }>();
    return {
      begin: () => inProgress.inc(),
      end: (code, durationMs) => {
        let counter = byCode.get(code);
        if (counter === undefined) {
          counter = this.calls.labels({ service, method, code: status[code] });
          byCode.set(code, counter);
        }
        counter.inc();
        duration.observe(durationMs / 1000);
        inProgress.dec();
      },
    };
  }
}
